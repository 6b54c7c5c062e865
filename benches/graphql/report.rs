//! The figures: a table for people, JSON for programs.

use serde_json::{Value, json};

/// What was measured so far.
#[derive(Default)]
pub struct Report {
    figures: Vec<Figure>,
}

struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    target: Option<(f64, bool)>,
    rates: Option<(f64, f64)>,
}

impl Report {
    /// Rates of rounds of the server and of pgbench, and the least ratio of their medians.
    pub fn ratio(&mut self, name: &str, ours: &[f64], theirs: &[f64], at_least: f64) {
        let (ours, theirs) = (median(ours), median(theirs));
        self.figures.push(Figure {
            name: name.to_owned(),
            value: ours / theirs,
            unit: "x",
            target: Some((at_least, true)),
            rates: Some((ours, theirs)),
        });
    }

    /// A figure of which less is better, and its limit.
    pub fn at_most(&mut self, name: &str, unit: &'static str, value: f64, limit: Option<f64>) {
        self.push(name, unit, value, limit.map(|limit| (limit, false)));
    }

    /// A figure of which more is better, and the least that will do.
    pub fn at_least(&mut self, name: &str, unit: &'static str, value: f64, least: Option<f64>) {
        self.push(name, unit, value, least.map(|least| (least, true)));
    }

    fn push(&mut self, name: &str, unit: &'static str, value: f64, target: Option<(f64, bool)>) {
        self.figures.push(Figure {
            name: name.to_owned(),
            value,
            unit,
            target,
            rates: None,
        });
    }

    /// Prints the table.
    pub fn print(&self) {
        println!(
            "{:<52} {:>10} {:>10} {:>10}  target",
            "", "server/s", "pgbench/s", "figure"
        );
        for figure in &self.figures {
            let (ours, theirs) = match figure.rates {
                Some((ours, theirs)) => (format!("{ours:.0}"), format!("{theirs:.0}")),
                None => (String::new(), String::new()),
            };
            let value = format!("{:.2} {}", figure.value, figure.unit);
            let target = match figure.target {
                Some((least, true)) => format!(">= {least}{}", missed(figure)),
                Some((most, false)) => format!("<= {most}{}", missed(figure)),
                None => String::new(),
            };
            println!(
                "{:<52} {ours:>10} {theirs:>10} {value:>10}  {target}",
                figure.name
            );
        }
    }

    /// The same as JSON.
    pub fn json(&self) -> Value {
        let figures: Vec<Value> = self
            .figures
            .iter()
            .map(|figure| {
                json!({
                    "name": figure.name,
                    "value": figure.value,
                    "unit": figure.unit,
                    "serverPerSecond": figure.rates.map(|(ours, _)| ours),
                    "pgbenchPerSecond": figure.rates.map(|(_, theirs)| theirs),
                    "atLeast": figure.target.filter(|(_, least)| *least).map(|(value, _)| value),
                    "atMost": figure.target.filter(|(_, least)| !*least).map(|(value, _)| value),
                    "met": figure.target.map(|_| missed(figure).is_empty()),
                })
            })
            .collect();
        json!({ "figures": figures })
    }
}

fn missed(figure: &Figure) -> &'static str {
    match figure.target {
        Some((least, true)) if figure.value < least => "  missed",
        Some((most, false)) if figure.value > most => "  missed",
        _ => "",
    }
}

/// The median; of an even number the higher of the middle two.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
