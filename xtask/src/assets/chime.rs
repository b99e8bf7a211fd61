//! The sounds: a few struck notes each, like a small glass bell heard across a room. 44.1 kHz, one channel, 16 bits.

use std::f64::consts::TAU;

const RATE: u32 = 44_100;

/// A struck note.
pub struct Note {
    /// When it is struck, seconds.
    at: f64,
    /// Its pitch, Hz.
    pitch: f64,
    /// Its loudness, 0 to 1.
    loud: f64,
    /// How long until a third of it is left, seconds.
    ring: f64,
}

/// A sound.
pub struct Chime {
    notes: &'static [Note],
    seconds: f64,
}

/// Somebody new waits: three notes upwards, and time to ring out.
pub const LONG: Chime = Chime {
    notes: &[
        Note { at: 0.0, pitch: 587.33, loud: 0.85, ring: 0.34 },
        Note { at: 0.16, pitch: 783.99, loud: 0.9, ring: 0.36 },
        Note { at: 0.32, pitch: 987.77, loud: 1.0, ring: 0.42 },
    ],
    seconds: 1.6,
};

/// A message in one's own dialog: two quick notes.
pub const SHORT: Chime = Chime {
    notes: &[
        Note { at: 0.0, pitch: 880.0, loud: 0.8, ring: 0.07 },
        Note { at: 0.07, pitch: 1174.66, loud: 1.0, ring: 0.09 },
    ],
    seconds: 0.35,
};

/// Something does not go out: two notes that fall.
pub const TROUBLE: Chime = Chime {
    notes: &[
        Note { at: 0.0, pitch: 523.25, loud: 1.0, ring: 0.1 },
        Note { at: 0.14, pitch: 392.0, loud: 0.9, ring: 0.14 },
    ],
    seconds: 0.5,
};

/// Overtones of a note: how often its pitch, how loud, and how much sooner they fade.
const OVERTONES: [(f64, f64, f64); 3] = [(1.0, 1.0, 1.0), (2.0, 0.28, 1.9), (3.01, 0.1, 3.2)];

/// The loudest that a sample gets, so that the sum of all notes is never cut.
const PEAK: f64 = 0.72;

/// How long a note takes to reach its loudness: without it each one begins with a click.
const ATTACK: f64 = 0.006;

/// How long the whole takes to fall silent at its end.
const RELEASE: f64 = 0.04;

/// A sound as a WAV file.
pub fn wav(chime: &Chime) -> Vec<u8> {
    let samples = samples(chime);
    let loudest = samples.iter().fold(f64::MIN_POSITIVE, |loudest, sample| loudest.max(sample.abs()));
    let scale = PEAK * f64::from(i16::MAX) / loudest;
    let body: Vec<u8> = samples.iter().flat_map(|sample| ((sample * scale).round() as i16).to_le_bytes()).collect();
    [header(body.len() as u32).as_slice(), &body].concat()
}

fn samples(chime: &Chime) -> Vec<f64> {
    let count = (chime.seconds * f64::from(RATE)) as u32;
    let times = (0..count).map(|at| f64::from(at) / f64::from(RATE));
    times
        .map(|time| {
            let sum: f64 = chime.notes.iter().map(|note| note.sample(time - note.at)).sum();
            sum * ((chime.seconds - time) / RELEASE).min(1.0)
        })
        .collect()
}

impl Note {
    fn sample(&self, time: f64) -> f64 {
        if time < 0.0 {
            return 0.0;
        }
        let tones = OVERTONES.iter().map(|(times, loud, fade)| {
            (TAU * self.pitch * times * time).sin() * loud * (-time * fade / self.ring).exp()
        });
        self.loud * (time / ATTACK).min(1.0) * tones.sum::<f64>()
    }
}

fn header(body: u32) -> Vec<u8> {
    let word = |value: u32| value.to_le_bytes();
    let half = |value: u16| value.to_le_bytes();
    let mut header = Vec::new();
    header.extend(b"RIFF");
    header.extend(word(body + 36));
    header.extend(b"WAVEfmt ");
    header.extend(word(16));
    header.extend([half(1), half(1)].concat());
    header.extend([word(RATE), word(RATE * 2)].concat());
    header.extend([half(2), half(16)].concat());
    header.extend(b"data");
    header.extend(word(body));
    header
}
