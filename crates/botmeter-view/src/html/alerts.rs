//! What is wrong, and how the bots are.

use super::{Form, markup::Html};
use crate::{Alert, Alerts, Life, Page, anchor};

/// How many groups of one alert are shown at once.
const MOST_GROUPS: usize = 4;

pub(super) fn section(html: &mut Html, page: &Page, form: Form<'_>) {
    let is_here = |uid: &str| {
        page.dashboards.iter().any(|dashboard| dashboard.uid == uid && dashboard.rows.is_some())
    };
    html.element("section", &[("id", "alerts"), ("aria-label", "Alerts")], |html| {
        if let Some(unread) = page.unread() {
            html.element("p", &[("class", "unread")], |html| {
                html.sign("critical");
                html.element("a", &[("href", "#bots")], |html| html.text(&unread));
            });
        }
        if let Some(alerts) = &page.alerts {
            states(html, alerts, &page.covered, form, &is_here);
        } else {
            html.words("h2", "", "Nobody looks at the alerts here");
            let why = "Their rules are not evaluated, so this page cannot tell whether one fires.";
            html.words("p", "note", why);
        }
    });
}

fn states(
    html: &mut Html,
    alerts: &Alerts,
    covered: &str,
    form: Form<'_>,
    is_here: &dyn Fn(&str) -> bool,
) {
    html.element("h2", &[], |html| {
        if alerts.firing.is_empty() && alerts.quiet.is_empty() && !alerts.unsure.is_empty() {
            html.sign("unsure");
            html.text("Too early to tell whether an alert fires");
        } else if alerts.firing.is_empty() {
            html.sign("well");
            html.text("No alert fires");
        } else {
            let worst = alerts.firing.iter().map(|alert| alert.level).max();
            html.sign(worst.map_or("info", crate::picture::Level::as_str));
            let count = alerts.firing.len();
            html.text(&format!("{count} {} firing", plural(count, "alert is", "alerts are")));
        }
    });
    cards(html, &alerts.firing, form, is_here);
    short(html, "pending", "Pending", &alerts.pending, "fires in", form);
    short(html, "over", "Over", &alerts.resolved, "for", form);
    html.element("div", &[("class", "rest")], |html| {
        if !alerts.quiet.is_empty() {
            list(html, "well", &format!("{} quiet", alerts.quiet.len()), None, |html| {
                for name in &alerts.quiet {
                    html.element("li", &[], |html| title(html, name, form));
                }
            });
        }
        if !alerts.unsure.is_empty() {
            let count = alerts.unsure.len();
            let needs = plural(count, "needs", "need");
            let heading = format!("{count} {needs} more history");
            let why = format!(
                "They are silent, and look further back than the {covered} that are known, \
                     so their silence means little yet."
            );
            list(html, "unsure", &heading, Some(&why), |html| {
                for unsure in &alerts.unsure {
                    html.element("li", &[], |html| {
                        title(html, &unsure.name, form);
                        html.text(&format!(" looks back {}", unsure.reach));
                    });
                }
            });
        }
    });
}

/// The name of an alert, and of a window of it.
pub(super) fn title(html: &mut Html, name: &str, form: Form<'_>) {
    link(html, name.split(' ').next().unwrap_or_default(), name, form);
}

/// Where there is somebody to ask, this leads to the alert as it looks while it
/// fires.
pub(super) fn link(html: &mut Html, alert: &str, name: &str, form: Form<'_>) {
    let Form::Served(address) = form else { return html.text(name) };
    let link = address.asking("alert", "called", alert);
    let says = format!("{name}: show it firing");
    let attributes = [("class", "example"), ("href", link.as_str()), ("title", says.as_str())];
    html.element("a", &attributes, |html| html.text(name));
}

fn list(
    html: &mut Html,
    sign: &'static str,
    title: &str,
    why: Option<&str>,
    items: impl FnOnce(&mut Html),
) {
    html.element("details", &[], |html| {
        html.element("summary", &[], |html| {
            html.sign(sign);
            html.text(title);
        });
        if let Some(why) = why {
            html.words("p", "note", why);
        }
        html.element("ul", &[("class", "names")], items);
    });
}

/// Alerts that fire, each with what there is to do, and the way to its panel,
/// which may be on another page.
pub(super) fn cards(
    html: &mut Html,
    alerts: &[Alert],
    form: Form<'_>,
    is_here: &dyn Fn(&str) -> bool,
) {
    if alerts.is_empty() {
        return;
    }
    let mut names: Vec<&str> = Vec::new();
    for alert in alerts {
        if !names.contains(&alert.name.as_str()) {
            names.push(&alert.name);
        }
    }
    html.element("div", &[("class", "cards")], |html| {
        for name in names {
            let groups: Vec<_> = alerts.iter().filter(|alert| alert.name == name).collect();
            let Some(first) = groups.first() else { continue };
            let class = format!("card {}", first.level.as_str());
            html.element("article", &[("class", &class)], |html| {
                card(html, first, &groups, form, is_here);
            });
        }
    });
}

/// One alert, with all groups that it fires for.
fn card(
    html: &mut Html,
    alert: &Alert,
    groups: &[&Alert],
    form: Form<'_>,
    is_here: &dyn Fn(&str) -> bool,
) {
    html.element("h3", &[], |html| {
        html.sign(alert.level.as_str());
        title(html, &alert.name, form);
        html.words("span", "badge", alert.level.as_str());
    });
    // Whoever is called at night needs the first few and what to do.
    let (first, more) = groups.split_at(groups.len().min(MOST_GROUPS));
    list_of_groups(html, first);
    if !more.is_empty() {
        html.element("details", &[], |html| {
            html.words("summary", "", &format!("and {} more", more.len()));
            list_of_groups(html, more);
        });
    }
    html.element("ol", &[], |html| {
        for step in &alert.runbook {
            html.element("li", &[], |html| html.prose(step));
        }
    });
    if let Some((uid, title)) = &alert.shown {
        let page = if is_here(uid) { String::new() } else { form.to_dashboard(uid) };
        let place = format!("{page}#{}", anchor(uid, title));
        html.element("a", &[("href", &place)], |html| html.text(&format!("See {title}")));
    }
}

fn list_of_groups(html: &mut Html, groups: &[&Alert]) {
    html.element("ul", &[("class", "groups")], |html| {
        for group in groups {
            html.element("li", &[], |html| {
                html.element("p", &[("class", "figures")], |html| {
                    html.words("strong", "", &group.value);
                    html.text(&format!(" for {}", group.length));
                });
                html.element("p", &[], |html| html.prose(&group.description));
                labels(html, &group.labels);
            });
        }
    });
}

fn labels(html: &mut Html, labels: &[(String, String)]) {
    html.element("p", &[("class", "labels")], |html| {
        for (key, value) in labels {
            html.element("span", &[], |html| {
                html.words("span", "key", key);
                html.text(" ");
                html.words("bdi", "", value);
            });
            html.text(" ");
        }
    });
}

fn short(
    html: &mut Html,
    sign: &'static str,
    heading: &str,
    alerts: &[Alert],
    before: &str,
    form: Form<'_>,
) {
    if alerts.is_empty() {
        return;
    }
    html.element("div", &[("class", "short")], |html| {
        html.words("h3", "", heading);
        html.element("ul", &[], |html| {
            for alert in alerts {
                html.element("li", &[], |html| {
                    html.sign(sign);
                    html.element("strong", &[], |html| title(html, &alert.name, form));
                    html.text(&format!(" {}, {before} {}. ", alert.value, alert.length));
                    html.text(&alert.summary);
                    html.text(" ");
                    labels(html, &alert.labels);
                });
            }
        });
    });
}

pub(super) fn lives(html: &mut Html, page: &Page) {
    html.element("section", &[("id", "bots"), ("aria-label", "Bots")], |html| {
        html.words("h2", "", "Bots");
        for note in &page.notes {
            html.words("p", "note", note);
        }
        if let Some(why) = &page.no_lives {
            html.words("p", "no-answer", why);
        } else if page.lives.is_empty() {
            html.words("p", "note", "Nothing was heard of any bot.");
        }
        html.element("ul", &[("class", "lives")], |html| {
            for bot in &page.lives {
                html.element("li", &[], |html| life(html, bot));
            }
        });
        if !page.events.is_empty() {
            let count = page.events.len();
            let title = format!(
                "{count} {}",
                plural(count, "start or new version", "starts and new versions")
            );
            html.element("details", &[], |html| {
                html.words("summary", "", &title);
                html.element("ul", &[("class", "events")], |html| {
                    for event in page.events.iter().rev() {
                        html.element("li", &[], |html| {
                            html.words("span", "key", &event.time);
                            html.text(&format!(" {} ", event.kind.as_str()));
                            html.words("bdi", "", &event.text);
                        });
                    }
                });
            });
        }
    });
}

fn life(html: &mut Html, life: &Life) {
    html.sign(match (&life.failure, &life.warning) {
        (Some(_), _) => "critical",
        (None, Some(_)) => "warning",
        (None, None) => "well",
    });
    html.element("span", &[("class", "who")], |html| {
        html.words("strong", "", &life.job);
        html.text(" ");
        html.words("bdi", "key", &life.instance);
    });
    html.element("span", &[("class", "what")], |html| {
        let parts = [
            life.version.as_ref().map(|version| format!("version {version}")),
            life.running.as_ref().map(|running| format!("up {running}")),
            life.heard.as_ref().map(|heard| format!("heard {heard} ago")),
            life.failure.clone(),
            life.warning.clone(),
        ];
        for (at, part) in parts.into_iter().flatten().enumerate() {
            html.text(if at > 0 { " · " } else { "" });
            html.text(&part);
        }
    });
}

fn plural<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}
