//! Chance that a test can repeat: a seed is the whole run.

/// Small, and the same on every machine.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.step();
        (self.0 >> 33) % sides
    }

    pub fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D);
        dice.unit();
        dice
    }

    /// 0 to below 1.
    pub fn unit(&mut self) -> f64 {
        self.step();
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn chance(&mut self, part: f64) -> bool {
        self.unit() < part
    }

    /// Whole numbers, both ends included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.unit() * (high - low + 1) as f64) as i64
    }

    pub fn log_normal(&mut self, mu: f64, sigma: f64) -> f64 {
        let (one, two) = (1.0 - self.unit(), self.unit());
        let normal = (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * two).cos();
        (mu + sigma * normal).exp()
    }

    pub fn pareto(&mut self, least: f64, alpha: f64) -> f64 {
        least / (1.0 - self.unit()).powf(1.0 / alpha)
    }

    /// Which of several cases, by weight.
    pub fn case(&mut self, weights: &[f64]) -> usize {
        let mut at = self.unit() * weights.iter().sum::<f64>();
        for (number, weight) in weights.iter().enumerate() {
            at -= weight;
            if at < 0.0 {
                return number;
            }
        }
        weights.len() - 1
    }

    fn step(&mut self) {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    }
}
