//! A message as text and as HTML: pure functions of it.
//!
//! No line of either begins with what a person wrote, so that a title cannot pass for a boundary or a signature.

use crate::message::{Item, Message, one_line};

/// As plain text, lines ending in `\n`.
pub fn text(message: &Message) -> String {
    let heading = message.heading();
    if let ([only], None) = (message.lines.as_slice(), &heading) {
        return format!("Reminder: {}\n{}", one_line(&only.title), details(only, ""));
    }
    let mut out: Vec<_> = heading
        .map(|heading| format!("{heading}\n"))
        .into_iter()
        .collect();
    for item in &message.lines {
        out.push(format!(
            "\n- {}\n{}",
            one_line(&item.title),
            details(item, "  ")
        ));
    }
    if message.more > 0 {
        out.push(format!("\nand {} more\n", message.more));
    }
    if let Some(link) = web_link(&message.link) {
        out.push(format!("\nAll of them: {link}\n"));
    }
    out.concat()
}

fn details(item: &Item, indent: &str) -> String {
    let due = item
        .due
        .as_deref()
        .map(|due| format!("{indent}Due {}\n", one_line(due)));
    let link = web_link(&item.link).map(|link| format!("{indent}{link}\n"));
    due.unwrap_or_default() + &link.unwrap_or_default()
}

/// As HTML that needs nothing from elsewhere: no pictures, no scripts, no style sheets.
pub fn html(message: &Message) -> String {
    let mut out = vec![HEAD.to_owned()];
    if let Some(heading) = message.heading() {
        out.push(format!("<p>{}</p>\n", escaped(&heading)));
    }
    out.push("<ul style=\"list-style: none; padding: 0\">\n".to_owned());
    for item in &message.lines {
        out.push(format!(
            "<li style=\"margin: 0 0 1em\">{}{}</li>\n",
            title(item),
            due(item)
        ));
    }
    out.push("</ul>\n".to_owned());
    if message.more > 0 {
        out.push(format!("<p>and {} more</p>\n", message.more));
    }
    if let Some(link) = web_link(&message.link) {
        out.push(format!(
            "<p><a href=\"{}\">Open Errand</a></p>\n",
            escaped(&link)
        ));
    }
    out.push("</body>\n</html>\n".to_owned());
    out.concat()
}

const HEAD: &str =
    "<!doctype html>\n<html lang=\"en\">\n<body style=\"font-family: sans-serif\">\n";

fn title(item: &Item) -> String {
    let title = format!(
        "<strong dir=\"auto\">{}</strong>",
        escaped(&one_line(&item.title))
    );
    match web_link(&item.link) {
        Some(link) => format!("<a href=\"{}\">{title}</a>", escaped(&link)),
        None => title,
    }
}

fn due(item: &Item) -> String {
    let due = item.due.as_deref().map(one_line);
    due.map(|due| format!("<br>Due {}", escaped(&due)))
        .unwrap_or_default()
}

/// The link as it may stand in a mail and in its head: http or https, in ASCII, without spaces, quotes and angle brackets. Nothing
/// else is followed (`javascript:`), and nothing else is printed.
pub(crate) fn web_link(link: &str) -> Option<String> {
    let parsed = url::Url::parse(link).ok()?;
    let plain = |c: char| c.is_ascii_graphic() && !"<>\"'`".contains(c);
    let text = parsed.as_str().replace('\'', "%27");
    (["http", "https"].contains(&parsed.scheme()) && text.chars().all(plain)).then_some(text)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            other => out.push(other),
        }
    }
    out
}
