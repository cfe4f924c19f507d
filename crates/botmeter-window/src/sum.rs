//! Sums whose last bits are those of Prometheus.

/// A sum with what rounding took from it on the way (Kahan's, in Neumaier's
/// form): naive sums differ from Prometheus' in their last bits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    pub(crate) fn add(&mut self, value: f64) {
        let next = self.sum + value;
        if next.is_infinite() {
            self.lost = 0.0;
        } else if self.sum.abs() >= value.abs() {
            self.lost += (self.sum - next) + value;
        } else {
            self.lost += (value - next) + self.sum;
        }
        self.sum = next;
    }

    pub(crate) fn value(self) -> f64 {
        self.sum + self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rounding_takes_comes_back() {
        let mut sum = Sum::default();
        for value in [1.0, 1e100, 1.0, -1e100] {
            sum.add(value);
        }
        // Added up as they come, the ones would be gone.
        assert_eq!(sum.value().to_bits(), 2.0_f64.to_bits());
    }

    #[test]
    fn infinity_stays() {
        let mut sum = Sum::default();
        for value in [1.0, f64::INFINITY, 1.0] {
            sum.add(value);
        }
        assert_eq!(sum.value().to_bits(), f64::INFINITY.to_bits());
    }
}
