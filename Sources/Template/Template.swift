import Mustache

/// A template of one part of a message: Mustache (https://mustache.github.io/mustache.5.html) without partials,
/// inheritance, transforms and changes of delimiters, which are refused because no template here needs them and some
/// would let a document crash or loop the renderer.
public struct Template: Sendable {
  /// Whether values are escaped for HTML where they are put in.
  public enum Escaping: Sendable { case none, html }

  /// The variables that are put in, and are not asked about by a section: each ought to have a value for some lead.
  public let variables: [String]
  private let template: MustacheTemplate
  /// Text and variables in turn; nil where there is a section or a comment.
  private var parts: [Part]?
  private let escaping: Escaping

  private enum Part: Sendable {
    case text(String)
    case variable(String)
  }

  /// Compiles a template.
  ///
  /// - Throws: ``TemplateError`` with the line.
  public init(_ source: String, escaping: Escaping) throws(TemplateError) {
    (variables, parts) = try Template.scan(source, escaping)
    self.escaping = escaping
    MustacheContentTypes.register(HTMLEscaping(), named: "CAMPANILE_HTML")
    // On a line of its own, so that the first line of the source is one: a section's tag that stands alone there
    // leaves no empty line, and an empty line that was written stays.
    let pragma = escaping == .html ? "{{% CONTENT_TYPE: CAMPANILE_HTML}}\n" : "{{% CONTENT_TYPE: TEXT}}\n"
    do {
      template = try MustacheTemplate(string: pragma + source)
    } catch let error as MustacheTemplate.ParserError {
      throw TemplateError(line: error.context.lineNumber - 1, problem: Template.sentence(error.error))
    } catch {
      throw TemplateError(line: 1, problem: "\(error)")
    }
    // Blanks at the end, or a line break in a tag: there the library has rules of its own, and it is the one who counts.
    let probe = Dictionary(variables.map { ($0, "<\($0)>") }) { first, _ in first }
    if render(probe) != renderByLibrary(probe) || render([:]) != renderByLibrary([:]) { parts = nil }
  }

  /// The text with the values put in; a variable without a value is empty.
  ///
  /// Without sections there is nothing for the library to decide, and its way from a name to a value, by casts, was an
  /// eighth of what a tick did for a mail.
  public func render(_ values: some TemplateValues) -> String {
    guard let parts else { return renderByLibrary(values) }
    var text = ""
    for part in parts {
      switch part {
      case .text(let literal): text += literal
      case .variable(let name):
        guard let value = values.value(of: name) else { continue }
        text += escaping == .html ? HTMLEscaping().escapeText(value) : value
      }
    }
    return text
  }

  /// The same, whatever is in the template.
  func renderByLibrary(_ values: some TemplateValues) -> String { template.render(Asked(values: values)) }

  /// Walks over the tags, refuses what is not ours, and lists the variables.
  private static func scan(
    _ source: String, _ escaping: Escaping
  ) throws(TemplateError) -> (variables: [String], parts: [Part]?) {
    var used: [String] = []
    var parts: [Part]? = []
    var asked: Set<String> = []
    var depth = 0
    var line = 1
    var rest = source[...]
    while let open = rest.firstRange(of: "{{") {
      line += rest[..<open.lowerBound].utf8.count { $0 == 0x0A }
      parts?.append(.text(String(rest[..<open.lowerBound])))
      rest = rest[open.upperBound...]
      let isTriple = rest.first == "{"
      guard let close = rest.firstRange(of: isTriple ? "}}}" : "}}") else {
        throw TemplateError(line: line, problem: "a tag is not closed")
      }
      let tag = rest[..<close.lowerBound].drop { $0 == " " }
      let sigil = tag.first ?? " "
      var name = String(tag)
      if "#^/&!{".contains(sigil) { name.removeFirst() }
      name = trimmed(name)
      // The library takes the line of a section's or a comment's tag that stands alone away.
      if "#^/!".contains(sigil) { parts = nil } else { parts?.append(.variable(name)) }
      switch sigil {
      case "!": break
      case ">", "<", "$", "=", "%", "*":
        throw TemplateError(line: line, problem: "the tag {{\(trimmed(String(tag)))}} is not supported here")
      case "{", "&":
        if escaping == .html {
          throw TemplateError(
            line: line, problem: "the tag for {{\(name)}} would put a lead's value into HTML without escaping it")
        }
        used.append(name)
      case "#", "^":
        asked.insert(name)
        depth += 1
        guard depth <= 32 else { throw TemplateError(line: line, problem: "sections are nested deeper than 32") }
      case "/": depth -= 1
      default: used.append(name)
      }
      if sigil != "!" {
        guard !name.isEmpty else { throw TemplateError(line: line, problem: "a tag has no name") }
        // `{{.}}` as well: outside of a section it would put in every value that the lead has.
        guard !name.contains(where: { ".(){}".contains($0) }) else {
          throw TemplateError(line: line, problem: "{{\(name)}}: a variable's name has no dot and no bracket")
        }
      }
      line += rest[..<close.lowerBound].utf8.count { $0 == 0x0A }
      rest = rest[close.upperBound...]
    }
    parts?.append(.text(String(rest)))
    return (used.filter { asked.insert($0).inserted }, parts)
  }

  private static func trimmed(_ name: String) -> String {
    String(name.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }

  private static func sentence(_ error: any Error) -> String {
    switch error {
    case MustacheTemplate.Error.sectionCloseNameIncorrect: "a section is closed under another name than it was opened"
    case MustacheTemplate.Error.expectedSectionEnd: "a section is not closed"
    case MustacheTemplate.Error.unfinishedName: "a tag is badly formed"
    default: "\(error)"
    }
  }
}

/// What a template is filled with. A value that is empty is none, so that a section can ask for it.
public protocol TemplateValues {
  /// The value of a variable; nil or empty where there is none.
  func value(of variable: String) -> String?
}

extension [String: String]: TemplateValues {
  /// The value under the variable's name.
  public func value(of variable: String) -> String? { self[variable] }
}

/// The values as the library asks for them, one by one: nobody has to look up the others.
private struct Asked: MustacheParent {
  let values: any TemplateValues

  func child(named name: String) -> Any? { values.value(of: name).flatMap { $0.isEmpty ? nil : $0 } }
}

/// Why a template was refused.
public struct TemplateError: Error, Sendable, CustomStringConvertible {
  /// The line of the template, from 1.
  public let line: Int
  /// What is wrong.
  public let problem: String

  /// A sentence with the line.
  public var description: String { "line \(line): \(problem)" }
}

/// Escapes for HTML text and quoted attributes, scalar by scalar.
///
/// The library's own escaping goes by grapheme: a quote followed by a combining mark passes it unescaped, and ends an
/// attribute in a browser.
private struct HTMLEscaping: MustacheContentType {
  func escapeText(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
