// What must hold between any two operations. The tests call these after every step of small random runs; a failed
// check stops the process and says which.

extension RadixLadder {
  /// O(count). See the type's comment for the reasons.
  func checkInvariants() {
    for place in 0..<bufferCount {
      let key = buffer[place].key
      precondition(key < bufferEnd || occupiedBelow(key), "a key in the buffer is below its end")
      precondition(key >= lastPopped, "no key is in the past")
      precondition(place == 0 || buffer[place - 1].key >= key, "the buffer is in descending order")
    }
    var found = bufferCount
    var chunksInUse = 0
    for level in 0..<Self.levelCount {
      precondition(
        (occupied[level] != 0) == (occupiedLevels >> UInt64(level) & 1 == 1), "levels know their buckets")
      for digit in 0..<Self.radix {
        let index = level * Self.radix + digit
        let isOccupied = occupied[level] >> UInt64(digit) & 1 == 1
        precondition(isOccupied == (buckets[index].tail != Bucket.empty.tail), "words know their buckets")
        if isOccupied { checkBucket(index, &found, &chunksInUse) }
      }
    }
    precondition(found == count, "every entry is counted once")
    var chunk = firstFreeChunk
    while chunk != 0 {
      chunksInUse += 1
      chunk = link(after: chunk)
    }
    precondition(chunksInUse == chunksEverUsed - 1, "every chunk is in one bucket or free")
  }

  /// A bucket of one key is taken up chunk by chunk: the buffer then holds keys equal to its end.
  private func occupiedBelow(_ key: UInt64) -> Bool { key == bufferEnd && key == base }

  private func checkBucket(_ index: Int, _ found: inout Int, _ chunksInUse: inout Int) {
    let lastChunk = buckets[index].tail >> Self.chunkShift
    var chunk = buckets[index].firstChunk
    while true {
      chunksInUse += 1
      let end = chunk == lastChunk ? buckets[index].tail & Self.linkOffset : Self.linkOffset
      precondition(end > 0, "no chunk in use is empty")
      for offset in 0..<end {
        let key = arena[Int(chunk << Self.chunkShift | offset)].key
        precondition(key >= bufferEnd && key >= base, "a key outside the buffer is not below its end")
        precondition(bucketIndex(key) == index, "the place of a key follows from the key and the base")
        found += 1
      }
      if chunk == lastChunk { return }
      chunk = link(after: chunk)
    }
  }
}

extension EventQueue {
  /// O(slots).
  package func checkInvariants() {
    ladder.checkInvariants()
    var free = 0
    var index = firstFreeSlot
    while index != RoundList.end {
      free += 1
      precondition(free <= slots.count, "the list of free slots has an end")
      index = slots[Int(index)].next
    }
    let later = countWaiting(in: thisRound) + countWaiting(in: nextRound)
    precondition(count == ladder.count + later + heap.entries.count, "every event is counted once")
    precondition(count + free == slots.count, "every slot holds an event or is free")
    precondition(round > 0 || thisRound.isEmpty, "round 0 waits in the ladder")
    precondition(round < EventQueueLimits.rounds, "no instant has too many rounds")
    for phase in Phase.allCases where phase < self.phase {
      precondition(thisRound.waiting >> UInt16(phase.rawValue) & 1 == 0, "no waiting phase has passed")
    }
    if let time = ladder.earliestTime {
      precondition(time >= now, "nothing waits in the past")
      precondition(round == 0 || time > now, "round 0 is over before round 1 begins")
    }
    if let entry = heap.first { precondition(entry.time >= now, "nothing waits in the past") }
    for parent in heap.entries.indices {
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.entries.count {
        precondition(heap.entries[parent].goesBefore(heap.entries[child]), "parents go before children")
      }
    }
  }

  private func countWaiting(in list: RoundList) -> Int {
    var total = 0
    for phase in Phase.allCases where list.waiting >> UInt16(phase.rawValue) & 1 == 1 {
      var index = list.first(of: phase)
      while index != list.last(of: phase) {
        total += 1
        index = slots[Int(index)].next
      }
      total += 1
    }
    return total
  }
}
