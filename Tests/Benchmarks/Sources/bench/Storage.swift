import Store

/// The store beside TensorBoard's writer and loader.
func storage() throws {}
