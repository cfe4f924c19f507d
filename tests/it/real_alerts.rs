//! An alert of ours on its way: from the failures of a bot, through the rules
//! and a real Alertmanager, to those who hear of it.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::{Context, Result, ensure};
use botmeter_bot::{Bots, ErrorKind};
use botmeter_telemetry::{Environment, Telemetry};
use integration_tests::{Alertmanager, Discovery, Inbox, Prometheus, eventually};
use serde_json::Value;

/// Rules are evaluated every 15 s, as in the stack, and Alertmanager gathers
/// for 5 s; a machine may be busy.
const SOON: Duration = Duration::from_mins(3);

/// What is said of this alert, if it was told of.
fn alert(letters: &[Value], name: &str) -> Option<Value> {
    let alerts = letters.iter().filter_map(|letter| letter["alerts"].as_array()).flatten();
    alerts.into_iter().find(|alert| alert["labels"]["alertname"] == name).cloned()
}

#[test]
#[ignore = "needs Prometheus and Alertmanager"]
fn a_bot_that_fails_is_told_to_a_webhook_and_to_slack() -> Result<()> {
    let (webhook, slack) = (Inbox::open()?, Inbox::open()?);
    // An editor ends a file with a new line.
    let secrets =
        [("webhook_url", format!("{}\n", webhook.url())), ("slack_url", slack.url() + "\n")];
    let secrets = secrets.each_ref().map(|(name, content)| (*name, content.as_str()));
    let alertmanager = Alertmanager::start(&secrets)?;
    let discovery = Discovery {
        alertmanagers: vec![alertmanager.address()],
        notify: "slack,webhook".to_owned(),
        ..Discovery::default()
    };
    let prometheus = Prometheus::builder().as_in_the_stack(discovery).start()?;
    let (telemetry, bots) = Telemetry::builder("mail-bots")
        .environment(Environment::default())
        .otlp(prometheus.otlp_endpoint())
        .interval(Duration::from_secs(1))
        .start::<Bots>()?;
    let mailbox = bots.bot("mailbox");
    for _ in 0..6 {
        mailbox.run().fail(ErrorKind::Storage);
    }

    let fired = eventually(SOON, "the alert at the webhook", || {
        Ok(alert(&webhook.letters(), "BotFailing"))
    })?;
    assert_eq!(fired["status"], "firing");
    assert_eq!(
        fired["labels"],
        serde_json::json!({
            "alertname": "BotFailing",
            "bot": "mailbox",
            "job": "mail-bots",
            "notify": "slack,webhook",
            "severity": "critical",
        })
    );
    let page = "https://github.com/botmeter/botmeter/blob/main/dashboards/reference/bot.md";
    assert_eq!(fired["annotations"]["runbook_url"], format!("{page}#botfailing"));
    assert_eq!(fired["annotations"]["summary"], "Every run of the bot mailbox fails.");
    assert_eq!(
        fired["annotations"]["description"],
        "The last 6 runs of the bot mailbox in mail-bots all failed."
    );
    let dashboard = fired["annotations"]["dashboard_url"].as_str().context("no dashboard")?;
    let (path, job) = ("/d/bot-health?viewPanel=", "&var-job=mail-bots");
    assert!(dashboard.contains(path) && dashboard.ends_with(job), "{dashboard}");
    // The runbook has the section that the link names.
    let runbook = xtask::dashboards::folder().join("reference/bot.md");
    let runbook = fs::read_to_string(runbook)?;
    assert!(runbook.lines().any(|line| line.trim_start_matches('#').trim() == "BotFailing"));

    let told = eventually(SOON, "the alert in Slack", || Ok(slack.letters().first().cloned()))?;
    let told = told["attachments"][0].clone();
    assert_eq!(told["title"], "[firing] BotFailing mail-bots");
    let text = told["text"].as_str().context("Slack is told nothing")?;
    assert!(text.starts_with("*critical*: Every run of the bot mailbox fails.\n"), "{text}");
    assert!(text.contains(&format!("<{page}#botfailing|what to do>")), "{text}");
    telemetry.shutdown_blocking(SOON)?;
    Ok(())
}

#[test]
#[ignore = "needs Alertmanager"]
fn nobody_hears_of_an_alert_unless_somebody_is_named() -> Result<()> {
    let webhook = Inbox::open()?;
    let url = webhook.url();
    let alertmanager = Alertmanager::start(&[("webhook_url", &url)])?;
    let post = |notify: &str| -> Result<()> {
        let alert = serde_json::json!([{ "labels": {
            "alertname": "BotFailing", "job": notify, "notify": notify, "severity": "critical",
        } }]);
        let address = format!("{}/api/v2/alerts", alertmanager.url());
        let request = ureq::post(address).header("Content-Type", "application/json");
        let answer = request.send(alert.to_string())?;
        ensure!(answer.status().is_success(), "Alertmanager answered {}", answer.status());
        Ok(())
    };
    for notify in ["", "slack", "webhooks", "a-webhook", "email,webhook"] {
        post(notify)?;
    }
    // The one that is for the webhook arrives, after those that are not.
    let letters = eventually(SOON, "the alert for the webhook", || {
        let letters = webhook.letters();
        Ok((!letters.is_empty()).then_some(letters))
    })?;
    let jobs: Vec<&Value> = letters.iter().map(|it| &it["commonLabels"]["job"]).collect();
    assert_eq!(jobs, ["email,webhook"]);
    Ok(())
}

#[test]
#[ignore = "needs Alertmanager"]
fn what_one_knows_already_is_not_told_again() -> Result<()> {
    let webhook = Inbox::open()?;
    let url = webhook.url();
    let alertmanager = Alertmanager::start(&[("webhook_url", &url)])?;
    let alert = |name: &str, severity: &str, job: &str, bot: &str| {
        serde_json::json!({ "labels": {
            "alertname": name, "severity": severity, "job": job, "bot": bot, "notify": "webhook",
        } })
    };
    let alerts = [
        alert("LlmErrorBudgetBurn", "critical", "one", ""),
        alert("LlmErrorBudgetBurn", "warning", "one", ""),
        alert("LlmErrorBudgetBurn", "warning", "other", ""),
        alert("BotHeartbeatMissing", "critical", "gone", ""),
        alert("BotTelemetryAbsent", "warning", "gone", ""),
        alert("BotFailing", "critical", "one", "a"),
        alert("BotFailuresHigh", "warning", "one", "a"),
        alert("BotFailuresHigh", "warning", "one", "b"),
        alert("BotSuccessOverdue", "critical", "one", "a"),
        alert("BotSuccessLate", "warning", "one", "a"),
        alert("LlmCostHigh", "critical", "", ""),
        alert("LlmCostSpike", "warning", "", ""),
    ];
    let request = ureq::post(format!("{}/api/v2/alerts", alertmanager.url()));
    request
        .header("Content-Type", "application/json")
        .send(Value::from(alerts.to_vec()).to_string())?;
    let told = eventually(SOON, "seven alerts at the webhook", || {
        let letters = webhook.letters();
        let alerts = letters.iter().filter_map(|letter| letter["alerts"].as_array()).flatten();
        let told = sorted(&alerts.cloned().collect::<Vec<_>>());
        Ok((told.len() >= 7).then_some(told))
    })?;
    let expected = [
        "BotFailing one a",
        "BotFailuresHigh one b",
        "BotHeartbeatMissing gone ",
        "BotSuccessOverdue one a",
        "LlmCostHigh  ",
        "LlmErrorBudgetBurn one ",
        "LlmErrorBudgetBurn other ",
    ];
    assert_eq!(told, expected);
    // The others did not come too late, but are held back.
    let url = format!("{}/api/v2/alerts?active=false&inhibited=true", alertmanager.url());
    let held: Vec<Value> =
        serde_json::from_str(&ureq::get(url).call()?.body_mut().read_to_string()?)?;
    let expected = [
        "BotFailuresHigh one a",
        "BotSuccessLate one a",
        "BotTelemetryAbsent gone ",
        "LlmCostSpike  ",
        "LlmErrorBudgetBurn one ",
    ];
    assert_eq!(sorted(&held), expected);
    Ok(())
}

/// Alerts by name, job and bot.
fn sorted(alerts: &[Value]) -> Vec<String> {
    let mut all: Vec<String> = alerts
        .iter()
        .map(|alert| {
            let label = |key: &str| alert["labels"][key].as_str().unwrap_or_default();
            format!("{} {} {}", label("alertname"), label("job"), label("bot"))
        })
        .collect();
    all.sort();
    all
}

#[test]
fn every_alert_that_alertmanager_is_told_of_exists() -> Result<()> {
    let file = integration_tests::StackFolder::source().join("alertmanager/alertmanager.yml");
    let text = fs::read_to_string(file)?;
    let rules = rules()?;
    let named: Vec<&str> = text
        .split("alertname =")
        .skip(1)
        .filter_map(|rest| rest.split('"').nth(1))
        .flat_map(|names| names.split('|'))
        .collect();
    assert!(named.len() > 5, "{named:?}");
    for name in named {
        assert!(rules.contains(&format!("- alert: {name}\n")), "there is no alert {name}");
    }
    Ok(())
}

fn rules() -> Result<String> {
    let entries = fs::read_dir(xtask::dashboards::folder().join("prometheus"))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
    paths.retain(|path| path.is_file());
    paths.iter().map(|path| Ok(fs::read_to_string(path)?)).collect()
}
