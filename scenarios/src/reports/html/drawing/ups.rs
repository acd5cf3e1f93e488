//! A UPS, drawn: charge over where its output comes from, load, `ups.status`, outlet.

use super::{BAND, CHART, Canvas, LEFT, Px};
use crate::journal::{Answer, Supply, UpsFacts};
use crate::language::wording::clock;
use crate::reports::html::escape::escape;
use crate::reports::html::tracks::{self, Stretch};
use protocol::Instant;
use std::fmt::Write;

impl Canvas<'_> {
    pub(super) fn ups(&mut self, ups: &UpsFacts) {
        let y = self.y;
        self.label(y + 14, "name", &ups.name);
        self.label(y + 30, "minor", &ups.model);
        let samples = tracks::samples(self.report.journal, &ups.name);
        self.charge(ups, &samples);
        self.load(ups, &samples);
        self.status(ups);
        self.outlet(ups);
        self.y += 10;
    }

    fn charge(&mut self, ups: &UpsFacts, samples: &[(Instant, u32, u64)]) {
        let (y, left, right) = (self.y, self.axis.x(Instant::START), self.axis.right());
        self.label(y + CHART - 4, "minor", "charge");
        for stretch in tracks::supply(self.report.journal, &ups.name, self.end) {
            let (class, words) = match stretch.value {
                (Supply::OnLine, _) => ("supply line", "on line power"),
                (Supply::OnBattery, false) => ("supply battery", "on battery"),
                (Supply::OnBattery, true) => ("supply low", "on battery, low"),
                (Supply::Off, _) => ("supply off", "no output"),
            };
            self.backdrop(&stretch, (y, CHART), class, words);
        }
        for percent in [0, 50, 100_u64] {
            let line = y + CHART - percent * CHART / 100;
            self.put(format_args!(
                "<line x1=\"{}\" x2=\"{}\" y1=\"{line}\" y2=\"{line}\" class=\"grid\"/>",
                Px(left),
                Px(right)
            ));
            self.put(format_args!(
                "<text x=\"{}\" y=\"{}\" class=\"tick\">{percent} %</text>",
                Px(left + 40),
                if percent == 0 { line - 3 } else { line + 11 }
            ));
        }
        let height = |permille: u32| Px(10 * (y + CHART) - u64::from(permille.min(1000)) * CHART / 100);
        let Some(&(_, first, _)) = samples.first() else {
            self.y += CHART + 4;
            return;
        };
        let mut path = format!("M{} {}", Px(left), height(first));
        let mut last = first;
        for (at, permille, _) in samples {
            let _ = write!(path, "L{} {}", Px(self.axis.x(*at)), height(*permille));
            last = *permille;
        }
        let _ = write!(path, "L{} {}", Px(right), height(last));
        let bottom = y + CHART;
        self.put(format_args!(
            "<path class=\"charge area\" d=\"{path}L{} {bottom}L{} {bottom}Z\"/>",
            Px(right),
            Px(left)
        ));
        self.put(format_args!(
            "<path class=\"charge line\" d=\"{path}\"><title>charge of {}</title></path>",
            escape(&ups.name)
        ));
        self.lowest(samples, y);
        self.y += CHART + 4;
    }

    /// The deepest point, in figures.
    fn lowest(&mut self, samples: &[(Instant, u32, u64)], y: u64) {
        let Some(&(at, permille, _)) = samples.iter().min_by_key(|(_, permille, _)| *permille) else { return };
        if at == Instant::START {
            return;
        }
        let x = self.axis.x(at);
        let place = 10 * (y + CHART) - u64::from(permille.min(1000)) * CHART / 100;
        self.put(format_args!("<circle class=\"lowest\" cx=\"{}\" cy=\"{}\" r=\"3\"/>", Px(x), Px(place)));
        let text = if permille > 850 { place + 160 } else { place - 70 };
        self.put(format_args!(
            "<text x=\"{}\" y=\"{}\" class=\"figure\" text-anchor=\"middle\">{} %</text>",
            Px(x),
            Px(text),
            permille / 10
        ));
    }

    fn backdrop<T>(&mut self, stretch: &Stretch<T>, (y, height): (u64, u64), class: &str, words: &str) {
        let (x, right) = (self.axis.x(stretch.from), self.axis.x(stretch.to));
        let told = escape(&format!("{words}, {} to {}", clock(stretch.from), clock(stretch.to)));
        self.put(format_args!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{height}\"><title>{told}</title></rect>",
            Px(x),
            Px(right.saturating_sub(x))
        ));
    }

    fn load(&mut self, ups: &UpsFacts, samples: &[(Instant, u32, u64)]) {
        const HEIGHT: u64 = 34;
        let most = samples.iter().map(|(_, _, load)| *load).max().unwrap_or(0).max(1);
        let (y, right) = (self.y, self.axis.right());
        self.label(y + HEIGHT - 4, "minor", "load");
        let place = |load: u64| Px(10 * (y + HEIGHT) - load * (HEIGHT - 4) * 10 / most);
        let Some(&(_, _, first)) = samples.first() else { return };
        let mut path = format!("M{} {}", Px(LEFT), place(first));
        let mut last = first;
        for (at, _, load) in samples {
            if *load != last {
                let _ = write!(path, "H{}V{}", Px(self.axis.x(*at)), place(*load));
                last = *load;
            }
        }
        let _ = write!(path, "H{}", Px(right));
        self.put(format_args!("<path class=\"load\" d=\"{path}\"><title>load of {}</title></path>", escape(&ups.name)));
        self.put(format_args!(
            "<text x=\"{}\" y=\"{}\" class=\"tick over\">{} W</text>",
            Px(LEFT + 40),
            y + 16,
            most / 1000
        ));
        self.y += HEIGHT + 6;
    }

    fn status(&mut self, ups: &UpsFacts) {
        let y = self.y;
        self.label(y + 16, "minor", "ups.status");
        for stretch in tracks::status(self.report.journal, &ups.name, self.end) {
            let (class, words) = match &stretch.value {
                Answer::Error(error) => ("status unknown", error),
                Answer::Value(value) => (status_class(value), value),
            };
            self.band(stretch.from, stretch.to, (y, BAND - 2), class, words);
        }
        self.y += BAND + 2;
    }

    fn outlet(&mut self, ups: &UpsFacts) {
        let y = self.y;
        self.label(y + 10, "minor", "outlet");
        for stretch in tracks::outlet(self.report.journal, &ups.name, self.end) {
            let (class, words) =
                if stretch.value { ("outlet live", "outlet on") } else { ("outlet dead", "outlet off") };
            self.band(stretch.from, stretch.to, (y, 12), class, words);
        }
        self.y += 18;
    }
}

fn status_class(value: &str) -> &'static str {
    let has = |flag: &str| value.split_whitespace().any(|word| word == flag);
    if has("FSD") || (has("OB") && has("LB")) {
        "status critical"
    } else if has("OB") {
        "status battery"
    } else if has("OL") {
        "status line"
    } else {
        "status unknown"
    }
}
