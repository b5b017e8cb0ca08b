#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <torch/torch.h>

#include "io/tensors/checkpoint_file.hpp"
#include "src/method/method.hpp"

namespace sslslr {

/// Tensors by their PyTorch state-dict name, in the order of registration.
using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

/// The parameters that gradients train.
NamedTensors trained_parameters(const Method& method);

/// All parameters and buffers.
NamedTensors state_tensors(const Method& method);

/// Those of the trained encoder alone, by its own names: "blocks.0.attention.qkv.weight".
NamedTensors encoder_tensors(const Method& method);

/// A hash of every bit of tensors, in their order.
std::uint64_t weights_fingerprint(const NamedTensors& tensors);

/// A hash of every bit of the method's state: equal on two ranks if and only if their weights are (up to
/// 2^-64).
std::uint64_t weights_fingerprint(const Method& method);

/// Fills the method from a checkpoint's "model/" tensors, in place and in the method's precision.
/// @param prefix  only tensors whose name begins with it: "encoder." leaves heads and queues alone
/// @throws ConfigError  names the tensor that is missing or has another shape
void load_weights(Method& method, const io::CheckpointFile& checkpoint, const std::string& prefix = "");

}  // namespace sslslr
