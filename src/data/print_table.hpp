#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "dist/communicator.hpp"
#include "io/store/clip_print.hpp"

namespace sslslr {

/// Fingerprints of the clips of a data set, taken as this rank reads the clips, so that no clip is read only
/// for its fingerprint.
class PrintTable {
public:
    /// @param store  must outlive this
    explicit PrintTable(const io::ClipStore& store)
        : store_{store},
          print_{store.index().point_names, store.index().coordinates},
          is_noted_(static_cast<std::size_t>(store.index().clips())) {}

    /// Takes the fingerprint of a clip that has just been read, unless it is known. Several threads may call
    /// this at once.
    /// @param landmarks  [frames, P, C] as stored
    void note(std::int64_t clip, std::span<const float> landmarks);

    /// Reads those of the clips whose fingerprint this rank has not taken.
    /// @throws io::DataError  a block of the store is damaged
    void read(std::span<const std::int64_t> clips);

    /// Returns the fingerprints of `clips` on the first rank, and nothing on the others. A clip that no rank
    /// has read has the fingerprint of a clip without frames. Collective.
    /// @param contributes  false if other ranks know all fingerprints of this rank
    std::vector<io::ClipPrint> gathered(std::span<const std::int64_t> clips, const dist::Communicator& ranks,
                                        bool contributes) const;

private:
    struct Noted {
        std::int64_t clip;
        io::ClipPrint print;
    };
    /// @return false if it was claimed before
    bool claim(std::int64_t clip);

    const io::ClipStore& store_;
    io::ClipPrinter print_;
    mutable std::mutex mutex_;
    std::vector<bool> is_noted_;  ///< [clips of the data set]
    std::vector<Noted> noted_;
};

}  // namespace sslslr
