/// Generative contrastive views: which pairs attract and which repel when negatives are made for a batch.
///
/// A positive view says the same in other words or pixels; a negative view is changed as little as it takes to say
/// something else.
public enum GeCo {
    /// Eq. 6  Anchors against the positive views of all, then the negative views: z = 1 for an anchor with its own
    /// positive view, -1 for every other one, and -1 for *every* negative view.
    public static func sameModality(batch: Int, negatives: Int) -> PairSigns {
        PairSigns(rows: batch, columns: batch + negatives) { row, column in row == column ? 1 : -1 }
    }

    /// Eq. 6, Fig. 5  The same with positive views as anchors too: originals and positive views against originals,
    /// positive views, then negative views. An anchor says nothing of its own kind: [0 1 -1; 1 0 -1], block by block.
    public static func bothAnchors(batch: Int, negatives: Int) -> PairSigns {
        PairSigns(rows: 2 * batch, columns: 2 * batch + negatives) { row, column in
            if column >= 2 * batch { return -1 }
            if (row < batch) == (column < batch) { return 0 }
            return row % batch == column % batch ? 1 : -1
        }
    }

    /// Eq. 7  Images against texts, both followed by their negative views: z = -1 if exactly one of the two is negative;
    /// two negatives may well belong together, so they count for nothing.
    public static func imageText(batch: Int, negatives: Int) -> PairSigns {
        let side = batch + negatives
        return PairSigns(rows: side, columns: side) { row, column in
            switch (row < batch, column < batch) {
            case (true, true): row == column ? 1 : -1
            case (false, false): 0
            default: -1
            }
        }
    }
}
