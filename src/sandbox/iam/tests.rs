//! Tests of IAM through its front.
