#include "io/landmarks.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/checksum.hpp"
#include "io/data_error.hpp"
#include "io/half.hpp"
#include "io/hdf5_storage.hpp"
#include "io/posix_file.hpp"

namespace sslslr::io {
namespace {

constexpr auto dataset_name = "/landmarks";

struct Source {
    hdf5::InputDataset dataset;
    std::size_t value_bytes = 0;  ///< 2: float16, 4: float32 or what is read as such
    std::size_t values_per_frame = 0;
    bool is_little_endian = false;
};

/// As NumPy calls it, for messages.
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
    source.dataset = file.dataset(dataset_name, access.id());
    if (const auto problem = hdf5::problem_of_gaps(source.dataset.handle); !problem.empty()) {
        throw DataError{file.path(), std::string{dataset_name} + ": " + problem};
    }
    const auto& type = source.dataset.type;
    const auto is = [&](hid_t other) { return H5Tequal(type.id(), other) > 0; };
    const auto half = hdf5::float16_type();
    const auto big_endian_half = hdf5::float16_type();
    H5Tset_order(big_endian_half.id(), H5T_ORDER_BE);
    source.is_little_endian = is(half.id()) || is(H5T_IEEE_F32LE);
    const bool is_double = is(H5T_IEEE_F64LE) || is(H5T_IEEE_F64BE);  // NumPy's default; read as float32
    if (!source.is_little_endian && !is(big_endian_half.id()) && !is(H5T_IEEE_F32BE) && !is_double) {
        file.fail(dataset_name,
                  fmt::format(
                      "expected values of type float16, float32 or float64, found {}; write them as float32: "
                      "file[\"landmarks\"] = landmarks.astype(\"float32\")",
                      type_name(type.id())));
    }
    source.value_bytes = is_double ? sizeof(float) : H5Tget_size(type.id());
    source.values_per_frame = source.dataset.shape.at(1) * source.dataset.shape.at(2);
    return source;
}

void to_floats(std::span<const std::byte> raw, std::size_t value_bytes, std::span<float> out) {
    if (value_bytes == 2) {
        floats_of_halves(raw, out);
    } else {
        std::memcpy(out.data(), raw.data(), raw.size());
    }
}

class MappedLandmarks final : public Landmarks {
public:
    MappedLandmarks(const hdf5::InputFile& file, ByteRange bulk, std::vector<std::uint64_t> checksums)
        : path_{file.path()}, checksums_{std::move(checksums)}, is_checked_(checksums_.size()) {
        const auto source = open_source(file);
        value_bytes_ = source.value_bytes;
        frame_bytes_ = source.values_per_frame * value_bytes_;
        const auto blocks = (bulk.bytes + bulk_block_bytes - 1) / bulk_block_bytes;
        if (checksums_.size() != blocks) {
            file.fail("/checksums/landmarks",
                      fmt::format("expected {} entries, one a MiB of /landmarks, found {}", blocks,
                                  checksums_.size()));
        }
        const PosixFile opened{path_};
        const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
        const auto begin = bulk.offset / page * page;
        mapped_bytes_ = bulk.end() - begin;
        mapped_ = ::mmap(nullptr, mapped_bytes_, PROT_READ, MAP_SHARED, opened.descriptor(),
                         static_cast<off_t>(begin));
        if (mapped_ == MAP_FAILED) {
            throw DataError{path_, "/landmarks: the system cannot map the file into memory"};
        }
        bytes_ = {static_cast<const std::byte*>(mapped_) + (bulk.offset - begin), bulk.bytes};
    }
    MappedLandmarks(const MappedLandmarks&) = delete;
    MappedLandmarks& operator=(const MappedLandmarks&) = delete;
    ~MappedLandmarks() override { ::munmap(mapped_, mapped_bytes_); }

    void read(std::uint64_t first, std::span<float> out) override {
        const auto raw = bytes_.subspan(first * frame_bytes_, out.size() * value_bytes_);
        check(first * frame_bytes_, raw.size());
        to_floats(raw, value_bytes_, out);
    }
    std::size_t value_bytes() const override { return value_bytes_; }

private:
    void check(std::uint64_t offset, std::uint64_t bytes) {
        const auto end = (offset + bytes + bulk_block_bytes - 1) / bulk_block_bytes;
        for (auto block = offset / bulk_block_bytes; block < end; ++block) {
            if (!is_checked_[block].load(std::memory_order_relaxed)) {
                check_block(block);  // twice does no harm
                is_checked_[block].store(true, std::memory_order_relaxed);
            }
        }
    }

    void check_block(std::uint64_t block) const {
        const auto offset = block * bulk_block_bytes;
        const auto found =
            checksum(bytes_.subspan(offset, std::min(bulk_block_bytes, bytes_.size() - offset)));
        if (found != checksums_[block]) {
            throw DataError{
                path_,
                fmt::format("/landmarks: frames from {} on are damaged, the checksum of their block should "
                            "be {:016x} and is {:016x}; copy the file again from its source",
                            offset / frame_bytes_, checksums_[block], found)};
        }
    }

    std::filesystem::path path_;
    std::vector<std::uint64_t> checksums_;
    std::vector<std::atomic<bool>> is_checked_;
    std::size_t value_bytes_ = 0;
    std::size_t frame_bytes_ = 0;
    void* mapped_ = nullptr;
    std::size_t mapped_bytes_ = 0;
    std::span<const std::byte> bytes_;
};

class DecodedLandmarks final : public Landmarks {
public:
    explicit DecodedLandmarks(hdf5::InputFile file) : file_{std::move(file)}, source_{open_source(file_)} {}

    void read(std::uint64_t first, std::span<float> out) override {
        const auto alone = hdf5::exclusive_use();
        if (source_.value_bytes == 4) {
            read_raw(first, out.size() / source_.values_per_frame, std::as_writable_bytes(out));
            return;
        }
        halves_.resize(out.size() * source_.value_bytes);
        read_raw(first, out.size() / source_.values_per_frame, halves_);
        floats_of_halves(halves_, out);
    }
    std::size_t value_bytes() const override { return source_.value_bytes; }

    /// Calls `visit` with all values, little-endian as in memory, piece by piece.
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
    std::vector<std::byte> halves_;  ///< of the thread that reads
};

}  // namespace

std::unique_ptr<Landmarks> map_landmarks(const hdf5::InputFile& file, ByteRange bulk,
                                         std::vector<std::uint64_t> checksums) {
    return std::make_unique<MappedLandmarks>(file, bulk, std::move(checksums));
}

std::unique_ptr<Landmarks> decode_landmarks(hdf5::InputFile file) {
    return std::make_unique<DecodedLandmarks>(std::move(file));
}

ByteRange contiguous_landmarks(const hdf5::InputFile& file) {
    const auto source = open_source(file);
    const hdf5::Properties creation{H5Dget_create_plist(source.dataset.handle.id())};
    const auto offset = H5Dget_offset(source.dataset.handle.id());
    if (H5Pget_layout(creation.id()) != H5D_CONTIGUOUS || offset == HADDR_UNDEF || !source.is_little_endian ||
        source.dataset.values == 0) {
        return {};
    }
    return {.offset = offset, .bytes = source.dataset.values * source.value_bytes};
}

std::vector<std::uint64_t> landmark_checksums(hdf5::InputFile file) {
    BlockChecksums sums;
    DecodedLandmarks{std::move(file)}.visit_raw([&](auto raw) { sums.add(raw); });
    return sums.finish();
}

}  // namespace sslslr::io
