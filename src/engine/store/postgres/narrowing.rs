//! What a list is narrowed to, as the condition of a query.

use tokio_postgres::types::ToSql;

/// Conditions that all have to hold, and the values in them.
#[derive(Default)]
pub(super) struct Narrowing<'r> {
    conditions: Vec<String>,
    values: Vec<Box<dyn ToSql + Sync + 'r>>,
}

impl<'r> Narrowing<'r> {
    /// Adds one: what stands before the value, and the value.
    pub(super) fn put(&mut self, condition: &str, value: impl ToSql + Sync + 'r) {
        self.values.push(Box::new(value));
        self.conditions.push(format!("{condition}(${})", self.values.len()));
    }

    /// The clause after the table; empty if everything is wanted.
    pub(super) fn clause(&self) -> String {
        if self.conditions.is_empty() { String::new() } else { format!(" where {}", self.conditions.join(" and ")) }
    }

    /// The values of the clause, in their order.
    pub(super) fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.values.iter().map(|value| value.as_ref() as &(dyn ToSql + Sync)).collect()
    }

    /// The number of the first parameter that is not of the clause.
    pub(super) fn next(&self) -> usize {
        self.values.len() + 1
    }
}
