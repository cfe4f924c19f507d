//! What was promised comes from data, and ends up in a dashboard and in rules.

use botmeter_generate::{Catalogue, Options, generate};
use support_metrics::{
    Desk,
    board::board,
    promises::{Promise, with_promises},
};

#[test]
fn each_promise_has_a_panel_and_an_alert() {
    let promises = [("billing", "SupportBillingWaits", 40.0), ("vip|1", "SupportVipWaits", 5.0)];
    let promises = promises.map(|(queue, alert, open)| Promise {
        queue: queue.to_owned(),
        alert: alert.to_owned(),
        open,
        team: format!("the team of {queue}"),
    });
    let catalogue = Catalogue::new().domain::<Desk>(with_promises(board(), &promises));
    let files = generate(&catalogue, &Options::new("cargo test")).unwrap();
    let page = files.text("grafana/support-desk.json").unwrap();
    let rules = files.text("prometheus/support.rules.yml").unwrap();
    for Promise { queue, alert, open, team } in &promises {
        assert!(page.contains(&format!("\"Open tickets of {queue}\"")), "{page}");
        assert!(page.contains(&format!("queue=\\\"{queue}\\\"")), "{page}");
        assert!(rules.contains(alert), "{rules}");
        let limit = format!("support_tickets_open{{queue=\"{queue}\"}}) > {open}");
        assert!(rules.contains(&limit), "{limit} is not in {rules}");
        assert!(rules.contains(&format!("than {team} promised")), "{rules}");
    }
}
