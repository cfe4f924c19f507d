//! What happened to programs, marked across all panels.

use std::time::Duration;

use botmeter_core::process::{BUILD, START_TIME, Version};

use crate::{Scope, ask::highest, expr::Expr};

/// For how long a version must not have been there to be new.
const NEW: Duration = Duration::from_mins(5);

/// Something that is marked on every dashboard when it happens.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Mark {
    /// What happened.
    pub what: Happening,
    /// Each group of the answer is one of it, at the moments at which it is
    /// there.
    pub expr: Expr,
    /// What else than its own labels tells groups apart.
    pub scope: Scope,
    /// To whom, with label keys in braces.
    pub text: &'static str,
    /// Whether it is shown unless somebody wants it hidden.
    pub is_shown: bool,
}

/// What can happen to a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A process began, at the milliseconds that the answer says.
    Restart,
    /// A version runs that did not run before: when the answer begins.
    Deployment,
    /// An alert fires, for as long as the answer is there.
    Alert,
}

impl Mark {
    /// What is marked on every dashboard, read from what every program has.
    pub fn all() -> [Self; 3] {
        let milliseconds = |of: Expr| Expr::Multiply(of.into(), Expr::Number(1000.0).into());
        let started = milliseconds(highest(&START_TIME).all().into_expr());
        // Other programs tell when they began, too, Prometheus itself among
        // them.
        let bots = highest(&BUILD).all().into_expr();
        let running = highest(&BUILD).by::<(Version,)>().into_expr();
        let before = highest(&BUILD).ago(NEW).by::<(Version,)>().into_expr();
        [
            Self {
                what: Happening::Restart,
                expr: Expr::And(started.into(), bots.into()),
                scope: Scope::Instance,
                text: "{job} on {instance}",
                is_shown: true,
            },
            Self {
                what: Happening::Deployment,
                expr: Expr::Unless(running.into(), before.into()),
                scope: Scope::Job,
                text: "{job} {version}",
                is_shown: true,
            },
            Self {
                what: Happening::Alert,
                expr: Expr::Alerts,
                scope: Scope::Job,
                text: "{job} {severity}",
                is_shown: false,
            },
        ]
    }
}
