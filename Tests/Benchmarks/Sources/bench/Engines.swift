import Tensors

/// Each engine's own network at the size of its claim, beside the same in PyTorch.
func engineNetworks() -> [Network] { [] }
