import Datasets
import MethodKit

/// A user's file that cannot be used is an input refused, though only the run finds it out.
extension FileError: InputRefusal {}
