//! A square to draw on by distances: a shape is a function that says how far a point is outside of it, and the edge
//! is smooth because the last half pixel of that distance is its coverage. Coordinates run from 0 to 1.

/// A point, x to the right and y down.
pub type Point = (f64, f64);

/// A colour, each part from 0 to 1.
#[derive(Clone, Copy)]
pub struct Colour(pub f64, pub f64, pub f64);

impl Colour {
    /// From the usual six hexadecimal digits.
    pub const fn hex(rgb: u32) -> Self {
        const fn part(bits: u32) -> f64 {
            (bits & 0xff) as f64 / 255.0
        }
        Self(part(rgb >> 16), part(rgb >> 8), part(rgb))
    }

    /// A colour on the way from this one to another.
    pub fn towards(self, other: Self, share: f64) -> Self {
        let mix = |from: f64, to: f64| from + (to - from) * share;
        Self(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }
}

/// Pixels, not yet rounded to bytes.
pub struct Canvas {
    size: u32,
    /// Red, green, blue and coverage; colours are not multiplied by coverage.
    pixels: Vec<[f64; 4]>,
}

impl Canvas {
    /// An empty square.
    pub fn new(size: u32) -> Self {
        Self { size, pixels: vec![[0.0; 4]; (size * size) as usize] }
    }

    /// Its side in pixels.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// Paints a shape over what is there.
    pub fn paint(&mut self, shape: impl Fn(Point) -> f64, colour: impl Fn(Point) -> Colour) {
        self.each(shape, |pixel, point, cover| {
            let Colour(r, g, b) = colour(point);
            let below = pixel[3] * (1.0 - cover);
            let alpha = cover + below;
            if alpha > 0.0 {
                for (part, new) in pixel.iter_mut().zip([r, g, b]) {
                    *part = (new * cover + *part * below) / alpha;
                }
                pixel[3] = alpha;
            }
        });
    }

    /// Cuts a shape out of what is there.
    pub fn cut(&mut self, shape: impl Fn(Point) -> f64) {
        self.each(shape, |pixel, _, cover| pixel[3] *= 1.0 - cover);
    }

    /// Eight bits a part, row by row.
    pub fn rgba(&self) -> Vec<u8> {
        self.pixels.iter().flatten().map(|part| (part.clamp(0.0, 1.0) * 255.0).round() as u8).collect()
    }

    fn each(&mut self, shape: impl Fn(Point) -> f64, mut change: impl FnMut(&mut [f64; 4], Point, f64)) {
        let size = f64::from(self.size);
        for (at, pixel) in (0_u32..).zip(self.pixels.iter_mut()) {
            let middle = |step: u32| (f64::from(step) + 0.5) / size;
            let point = (middle(at % self.size), middle(at / self.size));
            let cover = (0.5 - shape(point) * size).clamp(0.0, 1.0);
            if cover > 0.0 {
                change(pixel, point, cover);
            }
        }
    }
}

/// A box from corner to corner with round corners.
pub fn rounded_box(from: Point, to: Point, radius: f64) -> impl Fn(Point) -> f64 {
    move |(x, y)| {
        let beyond = |at: f64, from: f64, to: f64| ((at - (from + to) / 2.0).abs()) - (to - from) / 2.0 + radius;
        let (dx, dy) = (beyond(x, from.0, to.0), beyond(y, from.1, to.1));
        dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - radius
    }
}

/// A disc.
pub fn disc(middle: Point, radius: f64) -> impl Fn(Point) -> f64 {
    move |(x, y)| (x - middle.0).hypot(y - middle.1) - radius
}

/// A line with round ends.
pub fn line(from: Point, to: Point, width: f64) -> impl Fn(Point) -> f64 {
    move |(x, y)| {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let along = (((x - from.0) * dx + (y - from.1) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        (x - from.0 - along * dx).hypot(y - from.1 - along * dy) - width / 2.0
    }
}

/// A triangle; its corners run clockwise on the screen.
pub fn triangle(a: Point, b: Point, c: Point) -> impl Fn(Point) -> f64 {
    let side = |from: Point, to: Point| {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let (nx, ny) = ((to.1 - from.1) / length, (from.0 - to.0) / length);
        move |(x, y): Point| (x - from.0) * nx + (y - from.1) * ny
    };
    let sides = [side(a, b), side(b, c), side(c, a)];
    move |point| sides.iter().map(|side| side(point)).fold(f64::NEG_INFINITY, f64::max)
}

/// Either of two shapes.
pub fn either(one: impl Fn(Point) -> f64, other: impl Fn(Point) -> f64) -> impl Fn(Point) -> f64 {
    move |point| one(point).min(other(point))
}
