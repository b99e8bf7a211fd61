//! The mark: what a customer said, and behind the answering bubble its echo, with the tick of an answer that arrived.

use super::canvas::{Canvas, Colour, Point, disc, either, line, rounded_box, triangle};

const DEEP: Colour = Colour::hex(0x2b_4c_d8);
const BRIGHT: Colour = Colour::hex(0x12_a5_9b);
const WHITE: Colour = Colour::hex(0xff_ff_ff);
const TRAY: Colour = Colour::hex(0x3a_7b_f0);
const GREY: Colour = Colour::hex(0x8a_92_a0);
const RED: Colour = Colour::hex(0xe5_3e_3e);

/// What the tray says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tray {
    /// Connected, nothing to do.
    Normal,
    /// Somebody waits.
    Unread,
    /// No connection.
    Offline,
}

/// The app's icon: the mark in white on a tile.
pub fn app(size: u32) -> Canvas {
    let mut canvas = Canvas::new(size);
    let slope = |(x, y): Point| DEEP.towards(BRIGHT, (0.35 * x + 0.65 * y).clamp(0.0, 1.0));
    canvas.paint(rounded_box((0.03, 0.03), (0.97, 0.97), 0.22), slope);
    // The echo only where there are pixels enough to tell it from the bubble.
    if size >= 48 {
        let faint = move |point| slope(point).towards(WHITE, 0.42);
        canvas.paint(rounded_box((0.33, 0.19), (0.86, 0.58), 0.13), faint);
        canvas.paint(grown(bubble(0.0), 0.028), slope);
    }
    let lift = if size >= 48 { 0.0 } else { -0.03 };
    canvas.paint(bubble(lift), |_| WHITE);
    canvas.paint(tick((0.425, 0.535 + lift), 0.36, 0.07), slope);
    canvas
}

/// The tray's icon: the bubble alone, in a tone that stands out on light and on dark.
pub fn tray(state: Tray, size: u32) -> Canvas {
    let mut canvas = Canvas::new(size);
    let body = either(rounded_box((0.06, 0.12), (0.94, 0.76), 0.2), triangle((0.22, 0.7), (0.5, 0.7), (0.22, 0.95)));
    let offline = state == Tray::Offline;
    canvas.paint(body, |_| if offline { GREY } else { TRAY });
    if offline {
        // Hollow and crossed, so that it differs by shape and not by colour alone.
        canvas.cut(rounded_box((0.16, 0.22), (0.84, 0.66), 0.11));
        canvas.paint(line((0.34, 0.33), (0.66, 0.55), 0.09), |_| GREY);
        canvas.paint(line((0.66, 0.33), (0.34, 0.55), 0.09), |_| GREY);
    } else {
        canvas.paint(tick((0.47, 0.45), 0.48, 0.1), |_| WHITE);
    }
    if state == Tray::Unread {
        canvas.cut(disc((0.78, 0.24), 0.27));
        canvas.paint(disc((0.78, 0.24), 0.21), |_| RED);
    }
    canvas
}

/// The answering bubble with its tail.
fn bubble(lift: f64) -> impl Fn(Point) -> f64 + Copy {
    move |point| {
        let body = rounded_box((0.14, 0.33 + lift), (0.72, 0.74 + lift), 0.14);
        let tail = triangle((0.24, 0.68 + lift), (0.46, 0.68 + lift), (0.24, 0.88 + lift));
        either(body, tail)(point)
    }
}

fn grown(shape: impl Fn(Point) -> f64, by: f64) -> impl Fn(Point) -> f64 {
    move |point| shape(point) - by
}

/// A tick around a middle, so wide.
fn tick(middle: Point, width: f64, stroke: f64) -> impl Fn(Point) -> f64 {
    let at = |x: f64, y: f64| (middle.0 + x * width, middle.1 + y * width);
    either(line(at(-0.38, 0.02), at(-0.1, 0.28), stroke), line(at(-0.1, 0.28), at(0.4, -0.28), stroke))
}
