#include "io/store_writer.hpp"

#include <algorithm>
#include <vector>

#include "io/checksum.hpp"
#include "io/data_error.hpp"
#include "io/half.hpp"
#include "io/hdf5_output.hpp"
#include "io/posix_file.hpp"
#include "io/sealed_file.hpp"
#include "io/store_index.hpp"

namespace sslslr::io {
namespace {

constexpr auto dataset_name = "/landmarks";

struct Frames {
    hsize_t total;
    hsize_t points;
    hsize_t coordinates;
    std::size_t value_bytes;

    std::size_t values() const { return points * coordinates; }
};

hdf5::Properties creation_of(const Frames& frames, StoreLayout layout) {
    hdf5::Properties creation{H5Pcreate(H5P_DATASET_CREATE)};
    if (layout.is_compressed && frames.total > 0) {
        const auto frame_bytes = frames.values() * frames.value_bytes;
        const hsize_t per_chunk = std::clamp<hsize_t>(bulk_block_bytes / frame_bytes, 1, frames.total);
        const hdf5::Shape chunk{per_chunk, frames.points, frames.coordinates};
        H5Pset_chunk(creation.id(), 3, chunk.data());
        H5Pset_shuffle(creation.id());
        H5Pset_deflate(creation.id(), 4);
    }
    return creation;
}

void write_frames(const hdf5::OutputFile& file, const hdf5::Dataset& dataset, hid_t type,
                  const Frames& frames, hsize_t first, std::span<const std::byte> raw) {
    const hdf5::Shape start{first, 0, 0};
    const hdf5::Shape count{raw.size() / (frames.values() * frames.value_bytes), frames.points,
                            frames.coordinates};
    const hdf5::Space in_file{H5Dget_space(dataset.id())};
    const hdf5::Space in_memory{H5Screate_simple(3, count.data(), nullptr)};
    H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
    if (H5Dwrite(dataset.id(), type, in_memory.id(), in_file.id(), H5P_DEFAULT, raw.data()) < 0) {
        file.fail(dataset_name, "cannot write");
    }
}

/// Writes landmarks and the checksums of their blocks; returns where they lie if in one piece.
ByteRange write_landmarks(const hdf5::OutputFile& file, const ClipIndex& index, const ClipSource& landmarks,
                          StoreLayout layout) {
    const Frames frames{static_cast<hsize_t>(index.frames()), index.point_names.size(),
                        static_cast<hsize_t>(index.coordinates), layout.is_float16 ? 2U : 4U};
    const auto half = hdf5::float16_type();
    const auto type = layout.is_float16 ? half.id() : H5T_IEEE_F32LE;
    const auto creation = creation_of(frames, layout);
    auto dataset =
        file.create(dataset_name, type, {frames.total, frames.points, frames.coordinates}, creation);

    BlockChecksums sums;
    std::vector<float> values;
    std::vector<std::uint16_t> halves;
    for (std::size_t clip = 0; clip + 1 < index.offsets.size(); ++clip) {
        const auto length = static_cast<std::size_t>(index.offsets[clip + 1] - index.offsets[clip]);
        if (length == 0) {
            continue;
        }
        values.resize(length * frames.values());
        landmarks(static_cast<std::int64_t>(clip), values);
        auto raw = std::as_bytes(std::span{values});
        if (layout.is_float16) {
            halves.resize(values.size());
            std::ranges::transform(values, halves.begin(), half_of_float);
            raw = std::as_bytes(std::span{halves});
        }
        write_frames(file, dataset, type, frames, static_cast<hsize_t>(index.offsets[clip]), raw);
        sums.add(raw);
    }
    file.write_integers("/checksums/landmarks", sums.finish());
    const auto offset = H5Dget_offset(dataset.id());
    file.finish(std::move(dataset), dataset_name);
    if (layout.is_compressed || frames.total == 0) {
        return {};
    }
    return {.offset = offset, .bytes = frames.total * frames.values() * frames.value_bytes};
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

void write_store(const std::filesystem::path& path, const ClipIndex& index, const ClipSource& landmarks,
                 StoreLayout layout) {
    auto content = index;
    content.attributes["schema"] = store_schema;
    content.attributes["version"] = store_version;
    if (const auto problem = problem_of(content); !problem.empty()) {
        throw DataError{path, problem};
    }
    AtomicFile target{path};
    hdf5::OutputFile file{target.temporary()};
    write_index(file, content);
    const auto bulk = write_landmarks(file, content, landmarks, layout);
    file.close();
    seal(target.temporary(), bulk);
    target.commit();
}

}  // namespace sslslr::io
