//! What the user is told on standard error: a progress bar, warnings, detail.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::output::printable;

/// Steps of a full bar.
const BAR_STEPS: f32 = 1000.0;

/// Standard error. Writing to it never fails: if nobody reads it, nobody misses it.
#[derive(Debug)]
pub struct Console {
    quiet: bool,
    verbose: bool,
    bar: ProgressBar,
}

impl Console {
    /// `quiet` leaves out warnings and the bar, `verbose` adds detail in place of the bar.
    ///
    /// A bar is drawn only on a terminal.
    pub fn new(quiet: bool, verbose: bool) -> Self {
        let bar = if quiet || verbose || !io::stderr().is_terminal() {
            ProgressBar::hidden()
        } else {
            let bar = ProgressBar::new(BAR_STEPS as u64);
            let style = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {msg}");
            bar.set_style(style.expect("the template is well-formed"));
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        };
        Self { quiet, verbose, bar }
    }

    /// Tells what the user may not expect.
    pub fn warn(&self, warning: impl Display) {
        if !self.quiet {
            self.say(format_args!("warning: {warning}"));
        }
    }

    /// Tells what only `--verbose` wants to know.
    pub fn detail(&self, detail: impl Display) {
        if self.verbose {
            self.say(detail);
        }
    }

    /// Moves the bar to `share` of the work, 0 to 1, with `seconds` of audio made.
    pub fn progress(&self, share: f32, seconds: f64) {
        self.bar.set_position((share.clamp(0.0, 1.0) * BAR_STEPS) as u64);
        self.bar.set_message(format!("{seconds:.1} s of audio"));
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn say(&self, message: impl Display) {
        self.bar.suspend(|| {
            let _ = writeln!(io::stderr(), "kokoro-gguf: {}", printable(&message.to_string()));
        });
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        // An error message must not share its line with a bar.
        self.finish();
    }
}
