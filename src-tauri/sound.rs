//! Plays the two sounds. A thread of its own holds the device: opened when a sound is due, opened anew after an error
//! (the headset was unplugged), closed when it has been quiet for a while, so that nothing hums in between.

use otklik_core::AlertSound;
use rodio::cpal::{BufferSize, Error, ErrorKind};
use rodio::stream::{DeviceSinkBuilder, DeviceSinkError, MixerDeviceSink};
use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

const LONG: &[u8] = include_bytes!("../sounds/long.wav");
const SHORT: &[u8] = include_bytes!("../sounds/short.wav");

/// How long the device stays open after the last sound was asked for.
const IDLE: Duration = Duration::from_secs(30);

/// How often an open device is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// How long nothing is waited for with no device open: until the next alert.
const FOREVER: Duration = Duration::from_secs(24 * 3600);

/// Frames the device takes at once: 23 ms, so that an alarm is heard at once.
const BUFFER: BufferSize = BufferSize::Fixed(1024);

/// A sound to play, 0 to 100 loud.
type Order = (AlertSound, u8);

/// The loudspeaker. Dropping it ends its thread.
#[derive(Clone)]
pub struct Loudspeaker {
    orders: Sender<Order>,
}

impl Loudspeaker {
    /// Starts the thread; no device is opened yet.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start() -> std::io::Result<Self> {
        let (orders, received) = mpsc::channel();
        std::thread::Builder::new().name("sound".to_owned()).spawn(move || attend(&received))?;
        Ok(Self { orders })
    }

    /// Plays a sound once, as soon as the device allows. Never waits.
    pub fn play(&self, sound: AlertSound, volume: u8) {
        if self.orders.send((sound, volume)).is_err() {
            tracing::error!("the sound thread is gone; alerts are silent until the next start");
        }
    }
}

fn attend(orders: &Receiver<Order>) {
    let mut open: Option<Device> = None;
    let mut quiet = Duration::ZERO;
    loop {
        let patience = if open.is_some() { LOOK } else { FOREVER };
        match orders.recv_timeout(patience) {
            Ok((sound, volume)) => {
                quiet = Duration::ZERO;
                open = open.filter(Device::works).or_else(Device::open);
                if let Some(device) = &open {
                    device.play(sound, volume);
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                quiet += patience;
                open = open.filter(|device| quiet < IDLE && device.works());
                if let Some(device) = &mut open {
                    device.settle();
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

struct Device {
    sink: MixerDeviceSink,
    failures: Arc<Failures>,
    /// How many failures there were when it had had time to begin. Some sound servers fail a few times in the first
    /// milliseconds and play well after.
    settled: Option<u32>,
}

/// What went wrong with a device, counted on its own thread.
#[derive(Default)]
struct Failures {
    count: AtomicU32,
    fatal: AtomicBool,
}

impl Failures {
    fn add(&self, error: &Error) {
        let fatal = matches!(
            error.kind(),
            ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable | ErrorKind::StreamInvalidated
        );
        if fatal {
            self.fatal.store(true, Ordering::Relaxed);
        }
        // A device that is gone fails thousands of times a second until it is closed: told once.
        if self.count.fetch_add(1, Ordering::Relaxed) == 0 {
            tracing::info!(%error, "the sound device failed; unless it recovers it is opened anew for the next alert");
        }
    }
}

impl Device {
    fn open() -> Option<Self> {
        let failures = Arc::<Failures>::default();
        let quick = Self::builder(&failures).and_then(|builder| builder.with_buffer_size(BUFFER).open_stream());
        // Some devices accept only the buffer they like themselves.
        let opened = quick.or_else(|_| Self::builder(&failures)?.open_stream());
        match opened {
            Ok(mut sink) => {
                sink.log_on_drop(false);
                Some(Self { sink, failures, settled: None })
            }
            Err(error) => {
                tracing::warn!(%error, "no sound device could be opened; this alert is silent");
                None
            }
        }
    }

    fn builder(
        failures: &Arc<Failures>,
    ) -> Result<DeviceSinkBuilder<impl FnMut(Error) + Send + use<>>, DeviceSinkError> {
        let failures = Arc::clone(failures);
        Ok(DeviceSinkBuilder::from_default_device()?.with_error_callback(move |error| failures.add(&error)))
    }

    fn works(&self) -> bool {
        let count = self.failures.count.load(Ordering::Relaxed);
        !self.failures.fatal.load(Ordering::Relaxed) && self.settled.is_none_or(|settled| count == settled)
    }

    /// It had time to begin; what fails from here on is a fault.
    fn settle(&mut self) {
        self.settled = self.settled.or_else(|| Some(self.failures.count.load(Ordering::Relaxed)));
    }

    fn play(&self, sound: AlertSound, volume: u8) {
        match rodio::stream::play(self.sink.mixer(), Cursor::new(file(sound))) {
            Ok(player) => {
                player.set_volume(gain(volume));
                player.detach();
            }
            Err(error) => tracing::error!(%error, "a sound of our own cannot be decoded"),
        }
    }
}

fn file(sound: AlertSound) -> &'static [u8] {
    match sound {
        AlertSound::Long => LONG,
        AlertSound::Short => SHORT,
    }
}

/// The ear hears loudness in steps of ratio: half the scale sounds half as loud at about a quarter of the power.
fn gain(volume: u8) -> f32 {
    (f32::from(volume.min(100)) / 100.0).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rodio::Source;

    #[test]
    fn both_sounds_are_what_the_player_can_play() {
        for (sound, seconds) in [(AlertSound::Long, 1.6), (AlertSound::Short, 0.35)] {
            let decoded = rodio::Decoder::new(Cursor::new(file(sound))).expect("a sound of our own");
            let length = decoded.total_duration().expect("a length").as_secs_f64();
            assert!((length - seconds).abs() < 0.01, "{sound:?} lasts {length}");
            let loudest = decoded.fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
            assert!((0.5..0.9).contains(&loudest), "{sound:?} peaks at {loudest}");
        }
    }

    #[test]
    fn a_lost_device_is_told_from_a_slow_start() {
        let failures = Failures::default();
        failures.add(&Error::new(ErrorKind::Xrun));
        assert!(!failures.fatal.load(Ordering::Relaxed));
        failures.add(&Error::new(ErrorKind::DeviceNotAvailable));
        assert!(failures.fatal.load(Ordering::Relaxed));
        assert_eq!(failures.count.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn volume_goes_from_nothing_to_all() {
        assert_eq!([gain(0), gain(50), gain(100), gain(255)], [0.0, 0.25, 1.0, 1.0]);
    }
}
