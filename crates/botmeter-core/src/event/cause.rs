//! What an event can fail with.

use std::error::Error;

/// An error that tells its causes, so that a [`Reason`](crate::Reason) can be
/// read from it: any [`Error`], `anyhow::Error` and its like, and a boxed
/// error.
///
/// `M` tells these apart and is always inferred, because each type is one of
/// them. Sealed: for any other type there is `observe_with`, which asks a
/// function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no error that tells why something failed",
    note = "give a function that tells: `observe_with` instead of `observe`, `end_with` instead of `end`"
)]
pub trait Cause<M>: sealed::Sealed<M> {
    /// The error itself.
    fn error(&self) -> &(dyn Error + 'static);
}

impl<E: Error + 'static> Cause<sealed::Itself> for E {
    fn error(&self) -> &(dyn Error + 'static) {
        self
    }
}

/// Both, because a shared error (`Arc<dyn Error + Send + Sync>`) gives one of
/// them and is an [`Error`] as well: it would be two of the three kinds.
impl<E> Cause<sealed::Wrapped> for E
where
    E: AsRef<dyn Error + Send + Sync + 'static> + AsRef<dyn Error + 'static>,
{
    fn error(&self) -> &(dyn Error + 'static) {
        <E as AsRef<dyn Error + 'static>>::as_ref(self)
    }
}

macro_rules! boxed {
    ($($error:ty),+) => {$(
        impl Cause<sealed::Boxed> for Box<$error> {
            fn error(&self) -> &(dyn Error + 'static) {
                &**self
            }
        }

        impl sealed::Sealed<sealed::Boxed> for Box<$error> {}
    )+};
}

boxed!(dyn Error + 'static, dyn Error + Send + 'static, dyn Error + Send + Sync + 'static);

#[expect(unnameable_types, reason = "sealed: which kind an error is, is inferred")]
mod sealed {
    use std::error::Error;

    pub trait Sealed<M> {}

    #[derive(Debug)]
    pub struct Itself;
    #[derive(Debug)]
    pub struct Wrapped;
    #[derive(Debug)]
    pub struct Boxed;

    impl<E: Error + 'static> Sealed<Itself> for E {}
    impl<E> Sealed<Wrapped> for E where
        E: AsRef<dyn Error + Send + Sync + 'static> + AsRef<dyn Error + 'static>
    {
    }
}
