//! Named taps on the graph: look at an intermediate tensor, or put another in its place.

use crate::tensor::Matrix;

/// Called at every named stage of the graph, in the order of computation.
///
/// A stage that is replaced feeds the following ones, so a trace that replaces every stage by a reference's compares
/// each with the reference's own input. The stages' names are those in `fixtures/README.md`. Calls come from whichever thread
/// of the pool computes.
pub trait Trace: Send {
    /// Stage `name` has computed `value`, `[time, channels]`; curves are `[time, 1]`. The shape must stay.
    fn tensor(&mut self, name: &str, value: &mut Matrix) {
        let _ = (name, value);
    }

    /// Whether every stage must be shown. If not, stages whose values need never exist by themselves may be left out, which
    /// is faster and gives the same samples.
    fn wants_every_stage(&self) -> bool {
        true
    }

    /// Whether parts that do not depend on each other may be computed side by side: then the stages of the text encoder and of
    /// the F0 and energy branches are not shown.
    fn allows_overlap(&self) -> bool {
        !self.wants_every_stage()
    }

    /// The durations in frames, one a token. A replacement decides the length of all that follows.
    fn durations(&mut self, frames: &mut Vec<u32>) {
        let _ = frames;
    }
}

/// The trace that does nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTrace;

impl Trace for NoTrace {
    fn wants_every_stage(&self) -> bool {
        false
    }
}

/// Shows `value` to the trace under `name`, followed by `.index` where a stage has several.
pub(super) fn tap(trace: &mut dyn Trace, name: &str, index: Option<usize>, value: &mut Matrix) {
    let shape = (value.rows(), value.cols());
    match index {
        None => trace.tensor(name, value),
        Some(i) => trace.tensor(&format!("{name}.{i}"), value),
    }
    assert_eq!((value.rows(), value.cols()), shape, "a trace changed the shape of {name}");
}
