#include "io/store/landmarks.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "io/file/checksum.hpp"
#include "io/file/data_error.hpp"
#include "io/file/watched_file.hpp"
#include "io/hdf5/hdf5_storage.hpp"
#include "io/store/half.hpp"

namespace sslslr::io {
namespace {

struct Source {
    hdf5::InputDataset dataset;
    std::size_t value_bytes = 0;  ///< 2: float16; 4: float32, or a type that is read as float32
    std::size_t values_per_frame = 0;
    bool is_little_endian = false;
};

/// Returns NumPy's name of a type, for messages.
std::string type_name(hid_t type) {
    const auto bits = 8 * H5Tget_size(type);
    switch (H5Tget_class(type)) {
        case H5T_FLOAT:
            return fmt::format("another kind of float of {} bits", bits);
        case H5T_INTEGER:
            return fmt::format("{}int{}", H5Tget_sign(type) == H5T_SGN_NONE ? "u" : "", bits);
        case H5T_STRING:
            return "texts";
        default:
            return "another type";
    }
}

Source open_source(const hdf5::InputFile& file) {
    const hdf5::Properties access{H5Pcreate(H5P_DATASET_ACCESS)};
    H5Pset_chunk_cache(access.id(), H5D_CHUNK_CACHE_NSLOTS_DEFAULT, chunk_cache_bytes,
                       H5D_CHUNK_CACHE_W0_DEFAULT);
    Source source;
    source.dataset = file.dataset(landmarks_dataset, access.id());
    if (const auto problem = hdf5::problem_of_gaps(source.dataset.handle); !problem.empty()) {
        throw DataError{file.path(), std::string{landmarks_dataset} + ": " + problem};
    }
    const auto& type = source.dataset.type;
    const auto is = [&](hid_t other) { return H5Tequal(type.id(), other) > 0; };
    const auto half = hdf5::float16_type();
    const auto big_endian_half = hdf5::float16_type();
    H5Tset_order(big_endian_half.id(), H5T_ORDER_BE);
    source.is_little_endian = is(half.id()) || is(H5T_IEEE_F32LE);
    const bool is_double = is(H5T_IEEE_F64LE) || is(H5T_IEEE_F64BE);  // NumPy's default type; read as float32
    if (!source.is_little_endian && !is(big_endian_half.id()) && !is(H5T_IEEE_F32BE) && !is_double) {
        file.fail(landmarks_dataset,
                  fmt::format(
                      "expected values of type float16, float32 or float64, found {}; write them as float32: "
                      "file[\"landmarks\"] = landmarks.astype(\"float32\")",
                      type_name(type.id())));
    }
    source.value_bytes = is_double ? sizeof(float) : H5Tget_size(type.id());
    source.values_per_frame = source.dataset.shape.at(1) * source.dataset.shape.at(2);
    return source;
}

/// Reads landmarks of any layout through libhdf5.
class Decoder {
public:
    explicit Decoder(hdf5::InputFile file) : file_{std::move(file)}, source_{open_source(file_)} {}

    void read(std::uint64_t first, std::span<float> out) {
        if (source_.value_bytes == 4) {
            read_raw(first, out.size() / source_.values_per_frame, std::as_writable_bytes(out));
            return;
        }
        halves_.resize(out.size() * source_.value_bytes);
        read_raw(first, out.size() / source_.values_per_frame, halves_);
        floats_of_halves(halves_, out);
    }
    std::size_t value_bytes() const { return source_.value_bytes; }

    /// Calls `visit` with all values, piece by piece, little-endian.
    void visit_raw(const std::function<void(std::span<const std::byte>)>& visit) {
        const auto frame_bytes = source_.values_per_frame * source_.value_bytes;
        const auto frames = source_.dataset.shape[0];
        const auto piece =
            std::max<std::uint64_t>(1, bulk_block_bytes / std::max<std::size_t>(1, frame_bytes));
        std::vector<std::byte> raw;
        for (std::uint64_t first = 0; first < frames; first += piece) {
            const auto count = std::min<std::uint64_t>(piece, frames - first);
            raw.resize(count * frame_bytes);
            read_raw(first, count, raw);
            visit(raw);
        }
    }

private:
    void read_raw(std::uint64_t first, std::uint64_t frames, std::span<std::byte> out) const {
        if (frames == 0) {
            return;
        }
        const auto& shape = source_.dataset.shape;
        const hdf5::Shape start{first, 0, 0};
        const hdf5::Shape count{frames, shape[1], shape[2]};
        const hdf5::Space in_file{H5Dget_space(source_.dataset.handle.id())};
        const hdf5::Space in_memory{H5Screate_simple(3, count.data(), nullptr)};
        H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
        const auto half = hdf5::float16_type();
        const auto type = source_.value_bytes == 2 ? half.id() : H5T_NATIVE_FLOAT;
        hdf5::silence();
        if (H5Dread(source_.dataset.handle.id(), type, in_memory.id(), in_file.id(), H5P_DEFAULT,
                    out.data()) < 0) {
            file_.fail_reading(source_.dataset, fmt::format("frames from {} on cannot be decoded", first));
        }
    }

    hdf5::InputFile file_;
    Source source_;
    std::vector<std::byte> halves_;  ///< buffer of the reading thread
};

class DecodedLandmarks final : public Landmarks {
public:
    DecodedLandmarks(const std::filesystem::path& path, std::vector<std::uint64_t> checksums,
                     Checksums checksums_now)
        : file_{path},
          checksums_{std::move(checksums)},
          checksums_now_{std::move(checksums_now)},
          decoder_{hdf5::InputFile{file_.path()}},
          value_bytes_{decoder_->value_bytes()} {}

    void read(std::uint64_t first, std::span<float> out) override {
        const auto alone = hdf5::exclusive_use();
        bool is_read = false;
        while (!is_read) {
            if (const auto version = file_.version(); version != version_) {
                check_again();
                version_ = version;
            }
            try {
                decoder_->read(first, out);
                is_read = file_.version() == version_;
            } catch (const DataError&) {
                if (file_.version() == version_) {
                    throw;
                }
            }
        }
    }
    std::size_t value_bytes() const override { return value_bytes_; }

private:
    void check_again() {
        decoder_.reset();  // libhdf5 would use what it has cached of the open file
        bool is_same = false;
        try {
            is_same = checksums_now_() == checksums_;
        } catch (const DataError&) {  // damaged since it was opened
        }
        if (!is_same) {
            file_.fail_as_overwritten();
        }
        decoder_.emplace(hdf5::InputFile{file_.path()});
    }

    WatchedFile file_;  ///< opened before the decoder, so that no change is missed
    std::vector<std::uint64_t> checksums_;
    Checksums checksums_now_;
    std::optional<Decoder> decoder_;
    std::size_t value_bytes_;
    std::uint32_t version_ = 1;
};

}  // namespace

std::unique_ptr<Landmarks> decoded_landmarks(const std::filesystem::path& path,
                                             std::vector<std::uint64_t> checksums, Checksums checksums_now) {
    return std::make_unique<DecodedLandmarks>(path, std::move(checksums), std::move(checksums_now));
}

PlainLayout plain_layout(const hdf5::InputFile& file) {
    const auto source = open_source(file);
    const hdf5::Properties creation{H5Dget_create_plist(source.dataset.handle.id())};
    const auto offset = H5Dget_offset(source.dataset.handle.id());
    if (H5Pget_layout(creation.id()) != H5D_CONTIGUOUS || offset == HADDR_UNDEF || !source.is_little_endian ||
        source.dataset.values == 0) {
        return {};
    }
    return {.bulk = {.offset = offset, .bytes = source.dataset.values * source.value_bytes},
            .value_bytes = source.value_bytes,
            .frame_bytes = source.values_per_frame * source.value_bytes};
}

std::vector<std::uint64_t> landmark_checksums(hdf5::InputFile file) {
    BlockChecksums sums;
    Decoder{std::move(file)}.visit_raw([&](auto raw) { sums.add(raw); });
    return sums.finish();
}

}  // namespace sslslr::io
