import MethodKit

/// All methods. To add one, add its type here; to remove one, delete its folder and its line.
public let catalogue: [any Method.Type] = [
    Steve.self,
    Tulip.self,
    DeepMesh.self,
    Curie.self,
    PhiDecoding.self,
    MusicInfuser.self,
]
