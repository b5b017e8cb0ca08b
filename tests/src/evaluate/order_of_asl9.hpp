#pragma once

#include <cstdint>
#include <vector>

#include "io/store/clip_store.hpp"
#include "src/data/load_features.hpp"
#include "src/evaluate/order_sensitivity.hpp"
#include "src/method/registry.hpp"

namespace sslslr::test {

/// Encoders that read only positions stay below it; those that see how frames follow each other exceed it.
inline constexpr double order_bound = 1e-3;

/// Order sensitivity of an encoder with random weights on 24 clips of the shipped store with default
/// preprocessing. Collective.
/// @param config  need not fit the layout: it is adapted here
inline double order_sensitivity_on_asl9(EncoderConfig config) {
    const auto world = dist::Communicator::world();
    const auto store = io::ClipStore::open({SSLSLR_SOURCE_DIR "/io/examples/asl9.h5"});
    const auto loaded = load_features(store, {}, world, world);
    const auto& features = loaded.features();
    std::vector<std::int64_t> clips;
    for (std::int64_t clip = 0; clip < features.clips(); clip += features.clips() / 24) {
        if (features.length(clip) > 0) {
            clips.push_back(clip);
        }
    }
    fit_to(config, features.layout);
    dist::Group group{world.duplicate(), at::kCPU};
    const auto method = make_method({.kind = method_named("sl-fpn"), .encoder = config}, /*seed=*/1);
    return order_sensitivity(*method, features, clips, group);
}

}  // namespace sslslr::test
