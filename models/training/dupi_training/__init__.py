"""Trains the severity model of Dupi and writes it as one ONNX file that carries its own contract."""
