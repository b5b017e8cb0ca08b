#include "io/store/store_writer.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "io/file/checksum.hpp"
#include "io/file/data_error.hpp"
#include "io/file/posix_file.hpp"
#include "io/file/sealed_file.hpp"
#include "io/file/setting.hpp"
#include "io/hdf5/hdf5_output.hpp"
#include "io/store/half.hpp"
#include "io/store/landmarks.hpp"
#include "io/store/store_index.hpp"

namespace sslslr::io {
namespace {

struct Frames {
    hsize_t total;
    hsize_t points;
    hsize_t coordinates;
    std::size_t value_bytes;

    std::size_t values() const { return points * coordinates; }
    std::size_t bytes() const { return values() * value_bytes; }
};

Frames frames_of(const ClipIndex& index, const StoreLayout& layout) {
    return {static_cast<hsize_t>(index.frames()), index.point_names.size(),
            static_cast<hsize_t>(index.coordinates), layout.is_float16 ? 2U : 4U};
}

/// Returns how many frames are compressed together, or written together if nothing is compressed.
hsize_t frames_a_piece(const Frames& frames, const StoreLayout& layout) {
    const bool is_chosen = layout.is_compressed && layout.chunk_frames > 0;
    const auto wanted = is_chosen ? static_cast<hsize_t>(layout.chunk_frames)
                                  : bulk_block_bytes / std::max<std::size_t>(frames.bytes(), 1);
    return std::clamp<hsize_t>(wanted, 1, std::max<hsize_t>(frames.total, 1));
}

hdf5::Properties creation_of(const Frames& frames, const StoreLayout& layout) {
    hdf5::Properties creation{H5Pcreate(H5P_DATASET_CREATE)};
    if (layout.is_compressed && frames.total > 0) {
        const hdf5::Shape chunk{frames_a_piece(frames, layout), frames.points, frames.coordinates};
        H5Pset_chunk(creation.id(), 3, chunk.data());
        H5Pset_shuffle(creation.id());
        H5Pset_deflate(creation.id(), static_cast<unsigned>(layout.level));
    }
    return creation;
}

/// Collects landmarks clip by clip and writes them in whole chunks. Written clip by clip, libhdf5 would
/// compress a chunk again for each of its clips.
class LandmarkWriter {
public:
    LandmarkWriter(const hdf5::OutputFile& file, const ClipIndex& index, const StoreLayout& layout)
        : file_{file},
          frames_{frames_of(index, layout)},
          is_contiguous_{!layout.is_compressed && frames_.total > 0},
          piece_bytes_{std::max<std::size_t>(frames_a_piece(frames_, layout) * frames_.bytes(), 1)},
          type_{layout.is_float16 ? hdf5::float16_type() : hdf5::Type{H5Tcopy(H5T_IEEE_F32LE)}},
          dataset_{file.create(landmarks_dataset, type_.id(),
                               {frames_.total, frames_.points, frames_.coordinates},
                               creation_of(frames_, layout))} {}

    void add(std::span<const float> values) {
        auto raw = std::as_bytes(values);
        if (frames_.value_bytes == sizeof(std::uint16_t)) {
            halves_.resize(values.size());
            halves_of_floats(values, halves_);
            raw = std::as_bytes(std::span{halves_});
        }
        sums_.add(raw);
        pending_.insert(pending_.end(), raw.begin(), raw.end());
        write(pending_.size() / piece_bytes_ * piece_bytes_);
    }

    /// Writes the rest and the checksums. @return the place of the landmarks if they are stored in one piece
    ByteRange finish() {
        write(pending_.size());
        file_.write_integers("/checksums/landmarks", sums_.finish());
        const auto offset = H5Dget_offset(dataset_.id());
        file_.finish(std::move(dataset_), landmarks_dataset);
        return is_contiguous_ ? ByteRange{offset, frames_.total * frames_.bytes()} : ByteRange{};
    }

private:
    /// Writes the first `bytes` of the pending values.
    void write(std::size_t bytes) {
        if (bytes == 0) {
            return;
        }
        const hdf5::Shape start{written_, 0, 0};
        const hdf5::Shape count{bytes / frames_.bytes(), frames_.points, frames_.coordinates};
        const hdf5::Space in_file{H5Dget_space(dataset_.id())};
        const hdf5::Space in_memory{H5Screate_simple(3, count.data(), nullptr)};
        H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
        if (H5Dwrite(dataset_.id(), type_.id(), in_memory.id(), in_file.id(), H5P_DEFAULT, pending_.data()) <
            0) {
            file_.fail(landmarks_dataset, "cannot write");
        }
        written_ += count[0];
        pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(bytes));
    }

    const hdf5::OutputFile& file_;
    Frames frames_;
    bool is_contiguous_;
    std::size_t piece_bytes_;
    hdf5::Type type_;
    hdf5::Dataset dataset_;
    BlockChecksums sums_;
    std::vector<std::uint16_t> halves_;
    std::vector<std::byte> pending_;
    hsize_t written_ = 0;  // frames
};

/// Refuses finite values that float16 would turn into infinity. Values that are infinite already are kept.
void refuse_beyond_half(const std::filesystem::path& path, const ClipIndex& index, std::size_t clip,
                        std::span<const float> values) {
    if (const auto value = beyond_half(values)) {
        const bool has_name = !index.names.empty() && !index.names[clip].empty();
        throw DataError{path, fmt::format("not written: expected values that float16 can hold, at most 65504 "
                                          "in magnitude, found {} in clip {}; keep them with {}",
                                          *value, has_name ? index.names[clip] : fmt::format("#{}", clip),
                                          setting("dtype", "float32"))};
    }
}

ByteRange write_landmarks(const std::filesystem::path& path, const hdf5::OutputFile& file,
                          const ClipIndex& index, const ClipSource& landmarks, const StoreLayout& layout) {
    LandmarkWriter writer{file, index, layout};
    const auto values_a_frame = index.point_names.size() * static_cast<std::size_t>(index.coordinates);
    std::vector<float> values;
    for (std::size_t clip = 0; clip + 1 < index.offsets.size(); ++clip) {
        const auto length = static_cast<std::size_t>(index.offsets[clip + 1] - index.offsets[clip]);
        if (length > 0) {
            values.resize(length * values_a_frame);
            landmarks(static_cast<std::int64_t>(clip), values);
            if (layout.is_float16) {
                refuse_beyond_half(path, index, clip, values);
            }
            writer.add(values);
        }
    }
    return writer.finish();
}

void write_index(const hdf5::OutputFile& file, const ClipIndex& index) {
    for (const auto& [name, value] : index.attributes) {
        file.write_attribute(name, value);
    }
    file.write_integers("/clips/offset", index.offsets);
    file.write_integers("/clips/label", index.labels);
    file.write_integers("/clips/signer", index.signers);
    file.write_integers("/clips/id", index.ids);
    if (!index.names.empty()) {
        file.write_texts("/clips/name", index.names);
    }
    if (!index.fps.empty()) {
        file.write_reals("/clips/fps", index.fps);
    }
    file.write_texts("/labels", index.label_names);
    file.write_texts("/signers", index.signer_names);
    file.write_texts("/points", index.point_names);
    for (const auto& [name, clips] : index.splits) {
        file.write_integers("/splits/" + name, clips);
    }
}

}  // namespace

std::string problem_of(const StoreLayout& layout, const ClipIndex& index) {
    if (layout.level < 0 || layout.level > 9) {
        return fmt::format("compression level {}: expected 0 to 9", layout.level);
    }
    if (layout.chunk_frames < 0) {
        return fmt::format("chunks of {} frames: expected 1 or more, or 0 for as many as fit into a MiB",
                           layout.chunk_frames);
    }
    const auto frame_bytes = frames_of(index, layout).bytes();
    const auto most = static_cast<std::int64_t>(chunk_cache_bytes / std::max<std::size_t>(frame_bytes, 1));
    return layout.chunk_frames <= most ? ""
                                       : fmt::format(
                                             "chunks of {} frames: expected at most {}, which fit into the "
                                             "{} MiB that a reader keeps decoded",
                                             layout.chunk_frames, most, chunk_cache_bytes >> 20);
}

void write_store(const std::filesystem::path& path, const ClipIndex& index, const ClipSource& landmarks,
                 StoreLayout layout, Durability durability) {
    auto content = index;
    content.attributes["schema"] = store_schema;
    content.attributes["version"] = store_version;
    if (const auto problem = problem_of(content); !problem.empty()) {
        throw DataError{path, problem};
    }
    if (const auto problem = problem_of(layout, content); !problem.empty()) {
        throw DataError{path, problem};
    }
    AtomicFile target{path};
    hdf5::OutputFile file{target.temporary()};
    write_index(file, content);
    const auto bulk = write_landmarks(path, file, content, landmarks, layout);
    file.close();
    seal(target.temporary(), bulk);
    target.commit(durability);
}

}  // namespace sslslr::io
