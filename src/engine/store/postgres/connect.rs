//! Which database it is, and how connections to it are made.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Hook, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use rustls::ClientConfig;
use rustls::client::WantsClientCert;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Connections at most. A process decides on all its processors at once, and each decision waits for the database a
/// while; PostgreSQL takes a hundred connections from all who share it unless it is told otherwise.
const CONNECTIONS: usize = 8;

/// How long making a connection may take, and looking whether one still lives.
const CONNECTING: Duration = Duration::from_secs(5);

/// How long a request waits for a connection that others have.
const WAITING: Duration = Duration::from_secs(10);

/// What the database itself sees to on each connection: no statement takes longer, and a transaction whose writer has
/// gone silent lets go of what it holds.
const BOUNDS: &str = "set statement_timeout = '10s'; set idle_in_transaction_session_timeout = '15s'";

/// A database and who comes to it.
#[derive(Debug, Clone)]
pub struct DatabaseLogin {
    /// The machine's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The role of the database that the tables belong to.
    pub user: String,
    /// The database's name.
    pub name: String,
    /// What the role proves itself with, where it has to.
    pub password: Option<SecretString>,
    /// Whether the way there is encrypted and the machine has to prove who it is.
    pub tls: bool,
}

/// Why a shared store could not be opened: where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody answers, or whoever answers lets nobody in.
    #[error("the store at {place} cannot be reached: {reason}. See that the database runs and lets you in.")]
    Away {
        /// Host, port and name of the database.
        place: String,
        /// What was answered, or that nothing was.
        reason: String,
    },
    /// It belongs to a later version of this program.
    #[error("the store at {place} has format {found}, this version reads format {read}. Use a regdesk as new as that.")]
    Format {
        /// Host, port and name of the database.
        place: String,
        /// Its format.
        found: u32,
        /// The format of this version.
        read: u32,
    },
    /// The directory of the outbox is not there and cannot be made.
    #[error("cannot make the directory {path}: {reason}. Choose another data_dir.")]
    Outbox {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// Something does not work that has to.
    #[error("the store at {place} cannot be used: {reason}. See that {what}.")]
    Unusable {
        /// Host, port and name of the database.
        place: String,
        /// What the database says.
        reason: String,
        /// What to look after.
        what: &'static str,
    },
}

impl DatabaseLogin {
    /// Host, port and name, as messages name it.
    pub fn place(&self) -> String {
        format!("{}:{}/{}", self.host, self.port, self.name)
    }

    fn settings(&self) -> Config {
        let mut settings = Config::new();
        settings
            .host(&self.host)
            .port(self.port)
            .user(&self.user)
            .dbname(&self.name)
            .application_name("regdesk")
            .ssl_mode(if self.tls { SslMode::Require } else { SslMode::Disable })
            .connect_timeout(CONNECTING)
            .keepalives_idle(Duration::from_secs(30));
        if let Some(password) = &self.password {
            settings.password(password.expose_secret());
        }
        settings
    }

    /// A pool of connections, none of which is made yet.
    pub(super) fn pool(&self) -> Result<Pool, String> {
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = if self.tls {
            Manager::from_config(self.settings(), MakeRustlsConnect::new(trust()?), recycling)
        } else {
            Manager::from_config(self.settings(), NoTls, recycling)
        };
        let bounds = Hook::async_fn(|client, _| {
            Box::pin(async move { client.batch_execute(BOUNDS).await.map_err(deadpool_postgres::HookError::Backend) })
        });
        Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .create_timeout(Some(CONNECTING))
            .recycle_timeout(Some(CONNECTING))
            .wait_timeout(Some(WAITING))
            .post_create(bounds)
            .build()
            .map_err(|error| error.to_string())
    }
}

/// Whom the system trusts (on Linux, `SSL_CERT_FILE` names others) may prove that they are the database.
fn trust() -> Result<ClientConfig, String> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(rustls::ConfigBuilder::with_platform_verifier)
        .map(rustls::ConfigBuilder::<ClientConfig, WantsClientCert>::with_no_client_auth)
        .map_err(|error| error.to_string())
}
