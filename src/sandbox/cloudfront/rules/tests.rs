//! Every rule, with a row that breaks it.
