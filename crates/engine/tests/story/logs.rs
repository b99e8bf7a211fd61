//! What the parts log is shown with a test that fails.

use tracing_subscriber::EnvFilter;

/// From here on; once is enough.
pub fn begin() {
    let filter = EnvFilter::new("info,otklik_engine=debug,otklik_backends=debug");
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
}
