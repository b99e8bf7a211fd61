//! Plays the sounds. A thread of its own holds the device: opened when a sound is due, opened anew after an error
//! (the headset was unplugged), closed when it has been quiet for a while, so that nothing hums in between.

use otklik_core::AlertSound;
use otklik_engine::SoundOrder;
use rodio::Source;
use rodio::cpal::traits::{DeviceTrait, HostTrait};
use rodio::cpal::{self, BufferSize, Error, ErrorKind};
use rodio::stream::{DeviceSinkBuilder, DeviceSinkError, MixerDeviceSink};
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

const LONG: &[u8] = include_bytes!("../sounds/long.wav");
const SHORT: &[u8] = include_bytes!("../sounds/short.wav");
const TROUBLE: &[u8] = include_bytes!("../sounds/trouble.wav");

/// The longest sound that still is an alert.
const LONGEST: Duration = Duration::from_secs(15);

/// How long the device stays open after the last sound was asked for.
const IDLE: Duration = Duration::from_secs(30);

/// How often an open device is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// How long nothing is waited for with no device open: until the next alert.
const FOREVER: Duration = Duration::from_secs(24 * 3600);

/// Frames the device takes at once: 23 ms, so that an alarm is heard at once.
const BUFFER: BufferSize = BufferSize::Fixed(1024);

/// The loudspeaker. Dropping it ends its thread.
#[derive(Clone)]
pub struct Loudspeaker {
    orders: Sender<SoundOrder>,
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
    pub fn play(&self, order: SoundOrder) {
        if self.orders.send(order).is_err() {
            tracing::error!("the sound thread is gone; alerts are silent until the next start");
        }
    }
}

/// The names of the devices that could play. Asks the system, which may take its time.
pub fn devices() -> Vec<String> {
    let names = cpal::default_host().output_devices().map(|found| found.filter_map(|device| name(&device)).collect());
    let mut names: Vec<String> = names.unwrap_or_default();
    names.sort();
    names.dedup();
    names
}

fn name(device: &cpal::Device) -> Option<String> {
    device.description().ok().map(|described| described.name().to_owned())
}

/// Whether this can be played to its end, and is short enough for an alert.
pub fn is_playable(file: &[u8]) -> bool {
    let Ok(decoded) = rodio::Decoder::new(Cursor::new(file.to_vec())) else { return false };
    // The length that a file tells of itself may be anything: it is listened through, no further than the longest.
    let a_second = u64::from(decoded.sample_rate().get()) * u64::from(decoded.channels().get());
    let most = a_second.saturating_mul(LONGEST.as_secs());
    let samples = decoded.take(usize::try_from(most.saturating_add(1)).unwrap_or(usize::MAX)).count() as u64;
    (1..=most).contains(&samples)
}

fn attend(orders: &Receiver<SoundOrder>) {
    let mut open: Option<Device> = None;
    let mut quiet = Duration::ZERO;
    loop {
        let patience = if open.is_some() { LOOK } else { FOREVER };
        match orders.recv_timeout(patience) {
            Ok(order) => {
                quiet = Duration::ZERO;
                open = open.filter(|device| device.works() && device.wanted == order.device);
                open = open.or_else(|| Device::open(order.device.as_deref()));
                if let Some(device) = &open {
                    device.play(&order);
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
    /// The one that was asked for; the system's choice plays in its place if it is gone.
    wanted: Option<String>,
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
    fn open(wanted: Option<&str>) -> Option<Self> {
        let failures = Arc::<Failures>::default();
        let builder = || Self::builder(wanted, &failures);
        let quick = builder().and_then(|builder| builder.with_buffer_size(BUFFER).open_stream());
        // Some devices accept only the buffer they like themselves.
        let opened = quick.or_else(|_| builder()?.open_stream());
        match opened {
            Ok(mut sink) => {
                sink.log_on_drop(false);
                Some(Self { sink, wanted: wanted.map(str::to_owned), failures, settled: None })
            }
            Err(error) => {
                tracing::warn!(%error, "no sound device could be opened; this alert is silent");
                None
            }
        }
    }

    fn builder(
        wanted: Option<&str>,
        failures: &Arc<Failures>,
    ) -> Result<DeviceSinkBuilder<impl FnMut(Error) + Send + use<>>, DeviceSinkError> {
        let failures = Arc::clone(failures);
        let builder = match wanted.and_then(find) {
            Some(device) => DeviceSinkBuilder::from_device(device)?,
            None => DeviceSinkBuilder::from_default_device()?,
        };
        Ok(builder.with_error_callback(move |error| failures.add(&error)))
    }

    fn works(&self) -> bool {
        let count = self.failures.count.load(Ordering::Relaxed);
        !self.failures.fatal.load(Ordering::Relaxed) && self.settled.is_none_or(|settled| count == settled)
    }

    /// It had time to begin; what fails from here on is a fault.
    fn settle(&mut self) {
        self.settled = self.settled.or_else(|| Some(self.failures.count.load(Ordering::Relaxed)));
    }

    fn play(&self, order: &SoundOrder) {
        let theirs = order.own.as_deref().and_then(read);
        let played = theirs.is_some_and(|file| self.play_file(file, order.volume));
        if !played && !self.play_file(file(order.sound).to_vec(), order.volume) {
            tracing::error!(sound = ?order.sound, "a sound of our own cannot be decoded");
        }
    }

    fn play_file(&self, file: Vec<u8>, volume: u8) -> bool {
        let player = rodio::stream::play(self.sink.mixer(), Cursor::new(file));
        let Ok(player) = player else { return false };
        player.set_volume(gain(volume));
        player.detach();
        true
    }
}

/// A device by the system's name of it.
fn find(wanted: &str) -> Option<cpal::Device> {
    cpal::default_host().output_devices().ok()?.find(|device| name(device).as_deref() == Some(wanted))
}

/// The operator's own sound. An alert that cannot be the chosen one is still an alert.
fn read(path: &Path) -> Option<Vec<u8>> {
    std::fs::read(path)
        .inspect_err(|error| tracing::warn!(%error, "a sound of the operator's own cannot be read; ours is played"))
        .ok()
}

fn file(sound: AlertSound) -> &'static [u8] {
    match sound {
        AlertSound::Long => LONG,
        AlertSound::Short => SHORT,
        AlertSound::Trouble => TROUBLE,
    }
}

/// The ear hears loudness in steps of ratio: half the scale sounds half as loud at about a quarter of the power.
fn gain(volume: u8) -> f32 {
    (f32::from(volume.min(100)) / 100.0).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_sounds_are_what_the_player_can_play() {
        for (sound, seconds) in [(AlertSound::Long, 1.6), (AlertSound::Short, 0.35), (AlertSound::Trouble, 0.5)] {
            assert!(is_playable(file(sound)));
            let decoded = rodio::Decoder::new(Cursor::new(file(sound))).expect("a sound of our own");
            let length = decoded.total_duration().expect("a length").as_secs_f64();
            assert!((length - seconds).abs() < 0.01, "{sound:?} lasts {length}");
            let loudest = decoded.fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
            assert!((0.5..0.9).contains(&loudest), "{sound:?} peaks at {loudest}");
        }
    }

    #[test]
    fn what_is_no_sound_or_no_end_of_it_is_refused() {
        assert!(!is_playable(b""));
        assert!(!is_playable(b"GIF89a"));
        assert!(!is_playable(&SHORT[..40]), "a header alone");
        let mut long = SHORT[..44].to_vec();
        long.extend(SHORT[44..].iter().copied().cycle().take(4 << 20));
        long[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        long[40..44].copy_from_slice(&(4_u32 << 20).to_le_bytes());
        assert!(!is_playable(&long), "longer than an alert");
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
