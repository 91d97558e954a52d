import Foundation
import Testing

/// Closed forms computed elsewhere, with exact fractions where there are any: Tests/Fixtures/mechanisms.json,
/// whose "meta" names generator and sources. Field names are the file's.
struct Mechanisms: Decodable, Sendable {
  struct Toxic: Decodable, Sendable {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
      struct Step: Decodable, Sendable {
        let step: Int
        let repay: Double?
        let C: Double
        let D: Double
      }

      let initial_ltv: String
      let incentive: String
      let sequence: [Step]
      let residual_debt: Double?

      var testDescription: String { "loan to value \(initial_ltv), incentive \(incentive)" }
    }

    struct WithPool: Decodable, Sendable {
      struct Row: Decodable, Sendable, CustomTestStringConvertible {
        let i: String
        let c_over_y: String
        let frontier: Double

        var testDescription: String { "incentive \(i), collateral \(c_over_y) of the pool" }
      }

      let rows: [Row]
    }

    let cases: [Case]
    let cpamm_extension: WithPool
  }

  struct Boundary: Decodable, Sendable {
    struct Row: Decodable, Sendable, CustomTestStringConvertible {
      let HF0: String
      let LT: String
      let b: String
      let bad_debt_per_debt: [String: Double]

      var testDescription: String { "health \(HF0), threshold \(LT), bonus \(b)" }
    }

    let rows: [Row]
  }

  struct TwoCalls: Decodable, Sendable {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
      let C: String
      let D: String
      let LT: String
      let incentive: String
      let close_factor: String
      let repay_to_restore_health: Double
      let single_call_repay: Double
      let optimal_two_call_repay: Double
      let profit_single: Double
      let profit_two: Double

      var testDescription: String { "\(D) against \(C) at \(LT), incentive \(incentive)" }
    }

    let cases: [Case]
  }

  struct Cascade: Decodable, Sendable {
    struct Row: Decodable, Sendable {
      let a_kappa_over_x0: String
      let R0: String
      let initial_log_shock: String
      let total_log_drop: String
    }

    let rows: [Row]
  }

  struct ConstantProduct: Decodable, Sendable {
    struct Swap: Decodable, Sendable, CustomTestStringConvertible {
      let x: String
      let y: String
      let fee: String
      let dx: String
      let dy_exact: String
      let spot_after: Double
      let exec_price: Double
      let slippage: Double
      let k_growth: Double

      var testDescription: String { "\(dx) into \(x) × \(y), fee \(fee)" }
    }

    struct Arbitrage: Decodable, Sendable, CustomTestStringConvertible {
      let x: String
      let y: String
      let fee: String
      let external_price: String
      let side: String
      let amount_in: String
      let amount_out: String
      let profit_in_Y: String
      let pool_price_after: String

      var testDescription: String { "\(x) × \(y) against \(external_price): \(side)" }
    }

    struct Impermanent: Decodable, Sendable, CustomTestStringConvertible {
      let price_ratio: String
      let IL: String

      var testDescription: String { "the price times \(price_ratio)" }
    }

    let swap: [Swap]
    let arbitrage: [Arbitrage]
    let impermanent_loss: [Impermanent]
  }

  struct Mutualisation: Decodable, Sendable {
    struct Rules: Decodable, Sendable {
      struct Insurance: Decodable, Sendable {
        let insurance_left: String
        let claims: [String: String]
      }

      let pro_rata: [String: String]
      let insurance_then_pro_rata: Insurance
    }

    let deposits: [String: String]
    let cash: String
    let loans: String
    let loss: String
    let insurance: String
    let rules: Rules
  }

  let toxic_liquidation: Toxic
  let jump_loss_boundary: Boundary
  let optimal_liquidation: TwoCalls
  let cpmm_cascade: Cascade
  let cpmm: ConstantProduct
  let mutualisation: Mutualisation

  static let all: Mechanisms = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/mechanisms.json")
    do {
      return try JSONDecoder().decode(Mechanisms.self, from: Data(contentsOf: file))
    } catch {
      preconditionFailure("Tests/Fixtures/mechanisms.json: \(error)")
    }
  }()
}

/// A decimal text or a fraction such as "1999/3999", exactly, as numerator and denominator.
struct Fraction {
  let numerator: Int128
  let denominator: Int128

  init(_ text: String) {
    let parts = text.split(separator: "/")
    var denominator = parts.count > 1 ? Int128(parts[1]) ?? 1 : 1
    let digits = parts[0].split(separator: ".")
    if digits.count > 1 { for _ in digits[1] { denominator *= 10 } }
    numerator = Int128(digits.joined()) ?? 0
    self.denominator = denominator
  }

  /// ⌊fraction · scale⌋.
  func scaled(by scale: Int64) -> Int64 { Int64(numerator * Int128(scale) / denominator) }

  var double: Double { Double(numerator) / Double(denominator) }
}
