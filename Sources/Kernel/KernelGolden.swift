/// One digest over a few hundred thousand results of this module: draws, functions, distributions.
///
///     kernelGoldenDigest().hex   // the same on every processor, in debug and in release
///
/// `Tests/cross-check.sh` compares it between x86-64 and AArch64, and the tests hold its value. It changes
/// only when a result changes, which breaks every recorded run: never without an entry in the changelog.
package func kernelGoldenDigest() -> Digest {
  let streams = RandomStreams(populationSeed: 2, shockSeed: 3)
  return Digest.combined(of: [
    goldenWords(streams), goldenFunctions(streams), goldenIntegrals(), goldenDistributions(streams),
  ])
}

/// 120,000 words, bounded integers and normal numbers.
private func goldenWords(_ streams: RandomStreams) -> Digest {
  var fingerprint = Fingerprint()
  let asset = EntityKey(id: "ETH")
  for slot in 0..<2_000 as Range<UInt64> {
    let holder = EntityKey(id: "golden", ordinal: slot)
    fingerprint.update(streams.word(.populationSize, holder, Epoch(slot: slot)))
    fingerprint.update(streams.word(.bidRank, holder.child(ordinal: 1), Epoch(slot: 7), index: UInt32(slot)))
    fingerprint.update(streams.word(.tieBreak, holder, Epoch(born: holder.bits, child: slot)))
  }
  var words = streams.stream(.test, asset, Epoch(slot: 0))
  for _ in 0..<40_000 { fingerprint.update(words.next()) }
  for bound in 1...4_000 as ClosedRange<UInt64> { fingerprint.update(words.nextInteger(below: bound)) }
  for place in words.nextPermutation(of: 1_000) { fingerprint.update(UInt64(place)) }
  var path = streams.stream(.pricePath, asset, Epoch(slot: 0))
  for _ in 0..<70_000 { fingerprint.update(path.nextNormal()) }
  return fingerprint.finish()
}

/// 120,000 values of the elementary functions, on arguments of all magnitudes.
private func goldenFunctions(_ streams: RandomStreams) -> Digest {
  var fingerprint = Fingerprint()
  var words = streams.stream(.test, EntityKey(id: "functions"), Epoch(slot: 0))
  for _ in 0..<10_000 {
    let word = words.next()
    let u = words.nextUnit()
    // Any finite double; x is symmetric about zero and reaches everything that exp can bear.
    let any = Double(bitPattern: word & 0xBFFF_FFFF_FFFF_FFFF | (word & 0x2000) << 49)
    let finite = any.isFinite ? any : u
    let x = 1_500 * (u - 0.5)
    fingerprint.update(ElementaryMath.exp(x))
    fingerprint.update(ElementaryMath.expm1(0.01 * x))
    fingerprint.update(ElementaryMath.log(finite.magnitude))
    fingerprint.update(ElementaryMath.log1p(u - 0.5))
    fingerprint.update(ElementaryMath.pow(1 + u, x))
    fingerprint.update(ElementaryMath.pow(finite.magnitude, 2 * u - 1))
    fingerprint.update(ElementaryMath.sin(x))
    fingerprint.update(ElementaryMath.cos(finite))
    fingerprint.update(ElementaryMath.normalCDF(0.05 * x))
    fingerprint.update(ElementaryMath.normalDensity(0.05 * x))
    fingerprint.update(ElementaryMath.normalQuantile(u))
    fingerprint.update(ElementaryMath.normalQuantile(u * 0x1p-40 * u))
  }
  return fingerprint.finish()
}

/// Gamma and beta integrals over a grid of shapes.
private func goldenIntegrals() -> Digest {
  var fingerprint = Fingerprint()
  for i in 1...40 {
    let a = 0.07 * Double(i * i)
    fingerprint.update(ElementaryMath.logGamma(a))
    for j in 1...40 {
      let b = 0.05 * Double(j * j)
      let gamma = ElementaryMath.incompleteGamma(a, b)
      let beta = ElementaryMath.incompleteBeta(a, b, at: 0.375, complement: 0.625)
      fingerprint.update(gamma.lower)
      fingerprint.update(gamma.upper)
      fingerprint.update(beta.lower)
      fingerprint.update(beta.upper)
    }
  }
  return fingerprint.finish()
}

/// Every distribution on the same words. An initialiser that throws leaves its mark instead of a trap.
private func goldenDistributions(_ streams: RandomStreams) -> Digest {
  var fingerprint = Fingerprint()
  var words = [UInt64]()
  for slot in 0..<3_000 as Range<UInt64> {
    words.append(streams.word(.populationRatio, EntityKey(id: "distributions"), Epoch(slot: slot)))
  }
  do throws(DistributionError) {
    hash(try UniformDistribution(minimum: -1, maximum: 3), words, into: &fingerprint)
    hash(try NormalDistribution(mean: 1, standardDeviation: 2), words, into: &fingerprint)
    hash(try LognormalDistribution(median: 2_000, logStandardDeviation: 0.9), words, into: &fingerprint)
    hash(try ExponentialDistribution(mean: 1_200), words, into: &fingerprint)
    hash(try ParetoDistribution(minimum: 2_000, maximum: 5e6, tail: 1.3), words, into: &fingerprint)
    hash(try BetaDistribution(mean: 0.625, concentration: 8), words, into: &fingerprint)
    hash(try BetaDistribution(0.25, 40), words, into: &fingerprint)
    hash(try IntegerDistribution(minimum: -5, maximum: 1_000), words, into: &fingerprint)
    hash(try PoissonDistribution(mean: 3.5), words, into: &fingerprint)
    hash(try PoissonDistribution(mean: 250), words, into: &fingerprint)
    hash(try CategoricalDistribution(weights: [6, 0, 2, 2]), words, into: &fingerprint)
  } catch {
    fingerprint.update(UInt64.max)
  }
  return fingerprint.finish()
}

private func hash<D: Distribution>(
  _ distribution: D, _ words: [UInt64], into fingerprint: inout Fingerprint
) where D.Value == Double {
  for word in words { fingerprint.update(distribution.value(of: word)) }
}

private func hash<D: Distribution>(
  _ distribution: D, _ words: [UInt64], into fingerprint: inout Fingerprint
) where D.Value == Int {
  for word in words { fingerprint.update(Int64(distribution.value(of: word))) }
}
