"""The explaining policy evaluator: pure, documents and a request in, a decision with its reasons out."""
