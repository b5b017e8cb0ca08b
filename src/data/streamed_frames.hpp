#pragma once

#include <cstdint>
#include <span>

#include "io/store/clip_store.hpp"
#include "src/data/features.hpp"
#include "src/data/preprocess.hpp"
#include "src/data/print_table.hpp"

namespace sslslr {

/// Clips that are read from their store and preprocessed one by one, in memory of this process only.
class StreamedFrames final : public ClipFrames {
public:
    /// @param store  must outlive this
    /// @param dtype  float32, or float64: the same values, widened
    /// @param prints  records every clip that is read; null: none
    StreamedFrames(const io::ClipStore& store, Preprocessor preprocess, ReadAheadLimits ahead,
                   torch::Dtype dtype, PrintTable* prints = nullptr);

    torch::Tensor read(std::span<const std::int64_t> clips) const override;
    ReadAheadLimits ahead() const override { return ahead_; }

private:
    template <class Value>
    void read_into(std::span<const std::int64_t> clips, std::span<Value> out) const;
    std::int64_t frames_of(std::int64_t clip) const;  ///< in the store

    const io::ClipStore& store_;
    Preprocessor preprocess_;
    ReadAheadLimits ahead_;
    torch::Dtype dtype_;
    PrintTable* prints_;
};

}  // namespace sslslr
