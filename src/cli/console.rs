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
    /// A bar is drawn only on a terminal, from [`begin`](Self::begin) on.
    pub fn new(quiet: bool, verbose: bool) -> Self {
        Self { quiet, verbose, bar: ProgressBar::hidden() }
    }

    /// Shows the bar: what can fail at once has not failed, and the work begins.
    pub fn begin(&mut self) {
        if self.quiet || self.verbose || !io::stderr().is_terminal() {
            return;
        }
        let style = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {msg}");
        self.bar = ProgressBar::new(BAR_STEPS as u64).with_style(style.expect("the template is well-formed"));
        self.bar.enable_steady_tick(Duration::from_millis(200));
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
