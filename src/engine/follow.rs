//! Follows what others write to a store that is shared, and tells listeners as if it had been written here.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use super::embedded::Inner;

/// Between two looks. Whoever follows is promised a second, and a look at a store in which nothing has changed reads some
/// dozens of numbers.
const LOOK: Duration = Duration::from_millis(300);

/// Looks after which claims are given back whose holder is gone.
const LOOKS_PER_SWEEP: u32 = 3;

/// Follows for as long as the engine is there.
pub(super) fn begin(engine: &Arc<Inner>) -> std::io::Result<()> {
    let engine = Arc::downgrade(engine);
    thread::Builder::new().name("follow".to_owned()).spawn(move || follow(&engine)).map(drop)
}

fn follow(engine: &Weak<Inner>) {
    for look in (0..LOOKS_PER_SWEEP).cycle() {
        thread::sleep(LOOK);
        let Some(engine) = engine.upgrade() else { return };
        match engine.store.news() {
            Ok(changed) => changed.into_iter().for_each(|id| engine.tell(id)),
            // Whoever asks for something is told; what is missed now comes with the next look.
            Err(error) => tracing::debug!(%error, "what others have written cannot be followed"),
        }
        if look == 0
            && let Err(error) = engine.end_lapsed()
        {
            tracing::debug!(reason = %error.message, "claims of those who are gone cannot be given back");
        }
    }
}
