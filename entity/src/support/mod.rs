//! What people tell the operators.

pub mod feedback;
pub mod feedback_analytics;
pub mod feedback_categories;
pub mod feedback_tag_links;
pub mod feedback_tags;
