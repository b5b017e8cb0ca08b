#include "src/train/weights.hpp"

#include <fmt/format.h>

#include "io/file/checksum.hpp"
#include "src/errors.hpp"

namespace sslslr {

NamedTensors trained_parameters(const Method& method) {
    NamedTensors tensors;
    for (const auto& item : method.named_parameters()) {
        if (item.value().requires_grad()) {
            tensors.emplace_back(item.key(), item.value());
        }
    }
    return tensors;
}

NamedTensors state_tensors(const Method& method) {
    NamedTensors tensors;
    for (const auto& item : method.named_parameters()) {
        tensors.emplace_back(item.key(), item.value());
    }
    for (const auto& item : method.named_buffers()) {
        tensors.emplace_back(item.key(), item.value());
    }
    return tensors;
}

NamedTensors encoder_tensors(const Method& method) {
    static const std::string prefix = "encoder.";
    NamedTensors tensors;
    for (const auto& [name, tensor] : state_tensors(method)) {
        if (name.starts_with(prefix)) {
            tensors.emplace_back(name.substr(prefix.size()), tensor);
        }
    }
    return tensors;
}

std::uint64_t weights_fingerprint(const NamedTensors& tensors) {
    io::Checksum checksum;
    for (const auto& [name, tensor] : tensors) {
        const auto here = tensor.detach().cpu().contiguous();
        checksum.add({static_cast<const std::byte*>(here.const_data_ptr()), here.nbytes()});
    }
    return checksum.value();
}

std::uint64_t weights_fingerprint(const Method& method) {
    return weights_fingerprint(state_tensors(method));
}

void load_weights(Method& method, const io::CheckpointFile& checkpoint, const std::string& prefix) {
    const torch::NoGradGuard no_grad;
    for (auto& [name, tensor] : state_tensors(method)) {
        if (!name.starts_with(prefix)) {
            continue;
        }
        const auto found = checkpoint.tensors.find("model/" + name);
        if (found == checkpoint.tensors.end()) {
            throw ConfigError{fmt::format("the checkpoint holds no {}: it is of another model", name)};
        }
        if (found->second.sizes() != tensor.sizes()) {
            throw ConfigError{fmt::format("{} has the shape {} in the checkpoint, {} in this model", name,
                                          c10::str(found->second.sizes()), c10::str(tensor.sizes()))};
        }
        tensor.copy_(found->second);
    }
}

}  // namespace sslslr
