//! Making pages: one for all who wait.
//!
//! Pages are made one after the other, because side by side they would wait
//! for one another inside the exporter. Whoever asks before a page is begun
//! gets that one, and whoever asks later the next: so a page is never older
//! than its request, and nobody waits for more than two, however many ask.

use tokio::sync::{mpsc, oneshot};

use super::page::{Page, Rendered};

/// Takes orders for pages. Clones order at the same press.
#[derive(Clone, Debug)]
pub(super) struct Press(mpsc::UnboundedSender<Order>);

#[derive(Debug)]
struct Order {
    is_packed: bool,
    reader: oneshot::Sender<Result<Rendered, &'static str>>,
}

impl Press {
    /// Prints this page from now on, in a task of the current runtime.
    pub(super) fn start(page: Page) -> Self {
        // Each connection orders one page at a time, so there are never more
        // orders than connections.
        let (orders, ordered) = mpsc::unbounded_channel();
        tokio::spawn(print(page, ordered));
        Self(orders)
    }

    /// A page that is begun after this was called; or why there is none. It is
    /// only made if somebody still waits for it.
    pub(super) async fn order(&self, is_packed: bool) -> Result<Rendered, &'static str> {
        let (reader, rendered) = oneshot::channel();
        // Whether the press has ended shows in the answer alone.
        let _order = self.0.send(Order { is_packed, reader });
        rendered.await.unwrap_or(Err("the server ended"))
    }
}

async fn print(page: Page, mut orders: mpsc::UnboundedReceiver<Order>) {
    let mut waiting = Vec::new();
    while orders.recv_many(&mut waiting, usize::MAX).await > 0 {
        // Some may have hung up while the page before was made.
        waiting.retain(|order: &Order| !order.reader.is_closed());
        if waiting.is_empty() {
            continue;
        }
        let page = page.clone();
        let plain = aside(move || page.rendered()).await;
        let (for_packed, for_plain): (Vec<_>, Vec<_>) =
            waiting.drain(..).partition(|order| order.is_packed);
        // They need not wait until it is packed for the others.
        hand_out(&plain, for_plain);
        if !for_packed.is_empty() {
            let packed = match plain {
                Ok(plain) => aside(move || plain.packed()).await,
                Err(why) => Err(why),
            };
            hand_out(&packed, for_packed);
        }
    }
}

/// Does this where it holds no answer up that is ready, nor those who knock.
async fn aside(make: impl FnOnce() -> Rendered + Send + 'static) -> Result<Rendered, &'static str> {
    let made = tokio::task::spawn_blocking(make).await;
    made.map_err(|_panic| "the exporter panicked, which is a bug; its message was printed")
}

/// All get the same bytes.
fn hand_out(rendered: &Result<Rendered, &'static str>, orders: Vec<Order>) {
    for order in orders {
        let _hung_up = order.reader.send(rendered.clone());
    }
}
