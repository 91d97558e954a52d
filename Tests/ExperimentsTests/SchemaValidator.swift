@testable import Experiments

/// A validator for the part of JSON Schema (draft 2020-12) that we emit, written from the specification and
/// not from the writer. Answers with the first fault it finds, nil for a valid value; a keyword it does not
/// know is a fault.
struct SchemaValidator {
  private static let annotations = ["$schema", "title", "description", "unit", "$comment", "default", "then"]

  func fault(_ value: JSONNode, _ schema: JSONNode, at path: String = "") -> String? {
    for member in schema.members ?? [] where !Self.annotations.contains(member.key) {
      if let fault = fault(value, keyword: member.key, member.value, schema, path) { return fault }
    }
    return nil
  }

  private func isValid(_ value: JSONNode, _ schema: JSONNode) -> Bool { fault(value, schema) == nil }

  private func fault(
    _ value: JSONNode, keyword: String, _ argument: JSONNode, _ schema: JSONNode, _ path: String
  ) -> String? {
    func unless(_ holds: Bool) -> String? { holds ? nil : "\(path): \(keyword)" }
    switch keyword {
    case "type": return unless(argument.text.map { hasType(value, $0) } ?? false)
    case "const": return unless(value == argument)
    case "enum": return unless(argument.elements?.contains(value) ?? false)
    case "allOf": return argument.elements?.lazy.compactMap { fault(value, $0, at: path) }.first
    case "anyOf": return unless(argument.elements?.contains { isValid(value, $0) } ?? false)
    case "oneOf": return unless(argument.elements?.count { isValid(value, $0) } == 1)
    case "not": return unless(!isValid(value, argument))
    case "if":
      guard isValid(value, argument), let then = schema["then"] else { return nil }
      return fault(value, then, at: path)
    case "pattern", "minLength":
      guard let text = value.text else { return nil }
      if keyword == "minLength" { return unless(Double(text.unicodeScalars.count) >= number(argument)) }
      guard let pattern = argument.text, let regex = try? Regex(pattern) else { return "no pattern" }
      return unless(text.firstMatch(of: regex) != nil)
    case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
      guard case .number = value.content else { return nil }
      let (found, limit) = (number(value), number(argument))
      switch keyword {
      case "minimum": return unless(found >= limit)
      case "maximum": return unless(found <= limit)
      case "exclusiveMinimum": return unless(found > limit)
      default: return unless(found < limit)
      }
    case "items":
      for (index, element) in (value.elements ?? []).enumerated() {
        if let fault = fault(element, argument, at: "\(path)[\(index)]") { return fault }
      }
      return nil
    case "minItems": return unless(value.elements.map { Double($0.count) >= number(argument) } ?? true)
    case "maxItems": return unless(value.elements.map { Double($0.count) <= number(argument) } ?? true)
    default: return objectFault(value, keyword: keyword, argument, schema, path)
    }
  }

  private func objectFault(
    _ value: JSONNode, keyword: String, _ argument: JSONNode, _ schema: JSONNode, _ path: String
  ) -> String? {
    let members = value.members ?? []
    let isObject = value.members != nil
    switch keyword {
    case "required":
      for key in argument.elements?.compactMap(\.text) ?? [] where isObject && value[key] == nil {
        return "\(path): \(key) is missing"
      }
      return nil
    case "properties":
      for member in members {
        guard let property = argument[member.key] else { continue }
        if let fault = fault(member.value, property, at: "\(path).\(member.key)") { return fault }
      }
      return nil
    case "additionalProperties":
      for member in members where schema["properties"]?[member.key] == nil {
        guard argument != false else { return "\(path): \(member.key) is unknown" }
        if let fault = fault(member.value, argument, at: "\(path).\(member.key)") { return fault }
      }
      return nil
    case "propertyNames":
      return members.lazy.compactMap { fault(.string($0.key), argument, at: "\(path) key \($0.key)") }.first
    case "minProperties", "maxProperties":
      guard isObject else { return nil }
      let (count, limit) = (Double(members.count), number(argument))
      return (keyword == "minProperties" ? count >= limit : count <= limit) ? nil : "\(path): \(keyword)"
    default: return "the keyword \(keyword) is unknown here"
    }
  }

  private func hasType(_ value: JSONNode, _ type: String) -> Bool {
    switch value.content {
    case .null: type == "null"
    case .bool: type == "boolean"
    case .number: type == "number" || (type == "integer" && number(value) == number(value).rounded())
    case .string: type == "string"
    case .array: type == "array"
    case .object: type == "object"
    }
  }

  private func number(_ value: JSONNode) -> Double {
    if case .number(let text) = value.content { return Double(text) ?? .nan }
    return .nan
  }
}
