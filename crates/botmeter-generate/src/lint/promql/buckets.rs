//! Buckets of histograms: which there are, and quantiles of them.

use promql_parser::parser::{AggregateExpr, Expr, MatrixSelector};

use super::{Checker, Labels};
use crate::definitions::{Definition, Nature};

impl Checker<'_> {
    /// What is wrong with a bound that is selected.
    pub(super) fn bound(
        &mut self,
        name: &str,
        definition: &Definition,
        is_equal: bool,
        value: &str,
    ) {
        let bound = value.parse::<f64>().ok().filter(|_| is_equal);
        // A recording has the series that it is made of in the middle of its name.
        let recorded = name.split(':').nth(1).and_then(|series| self.definitions.get(series));
        let nature = &recorded.unwrap_or(definition).nature;
        let (Some(bound), Nature::Buckets(bounds)) = (bound, nature) else {
            self.object(format!("selects {name} by le in another way than le=\"bound\""));
            return;
        };
        if !bounds.contains(&bound) {
            self.object(format!("selects the bucket {value} of {name}, which has {bounds:?}"));
        } else if bound.fract() == 0.0 {
            self.object(format!(
                "selects the bucket {value} of {name}: the routes spell whole bounds differently"
            ));
        }
    }

    pub(super) fn quantile(&mut self, of: &Expr) -> Labels {
        let labels = self.visit(of)?;
        if !self.is_of_buckets(of) {
            self.object(format!("takes the quantile of something that is no bucket: {of}"));
        }
        if !labels.contains("le") {
            self.object(format!("takes a quantile without grouping by le: {of}"));
        }
        Some(labels.into_iter().filter(|label| label != "le").collect())
    }

    /// Whether it groups what buckets, or recorded rates of buckets, got.
    fn is_of_buckets(&self, of: &Expr) -> bool {
        let Expr::Aggregate(AggregateExpr { expr, .. }) = of else { return false };
        let (selector, is_taken) = match &**expr {
            Expr::VectorSelector(vs) => (vs, false),
            Expr::Call(call) => match call.args.args.first().map(|arg| &**arg) {
                Some(Expr::MatrixSelector(MatrixSelector { vs, .. })) => (vs, true),
                _ => return false,
            },
            _ => return false,
        };
        let definition = selector.name.as_ref().and_then(|name| self.definitions.get(name));
        definition.is_some_and(|known| match known.nature {
            Nature::Buckets(_) => is_taken,
            Nature::Recorded => known.labels.contains("le"),
            _ => false,
        })
    }
}
