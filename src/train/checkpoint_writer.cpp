#include "src/train/checkpoint_writer.hpp"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "io/file/data_error.hpp"
#include "src/errors.hpp"

namespace sslslr {

namespace fs = std::filesystem;

namespace {

// A disk that stalls for longer costs checkpoints, but not the training, and rank 0 must not seem to hang.
constexpr std::chrono::seconds patience{1};
constexpr std::chrono::seconds pause_between_writings{10};  // after a failure during training
constexpr std::chrono::seconds pause_at_the_end{2};
constexpr int attempts_at_the_end = 3;

std::string what(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& known) {
        return known.what();
    }
}

}  // namespace

CheckpointWriter::CheckpointWriter(
    const Checkpoints& checkpoints, dist::Group& group, std::function<CheckpointOrder()> take,
    std::function<void(const std::string&)> warn,
    std::function<void(const std::filesystem::path&, const io::CheckpointFile&)> write_file)
    : folder_{checkpoints.folder()},
      group_{group},
      take_{std::move(take)},
      warn_{std::move(warn)},
      write_file_{std::move(write_file)} {}

void CheckpointWriter::start() {
    if (!is_writer() || next_try_) {
        return;
    }
    auto order = std::make_shared<const CheckpointOrder>(take_());  // std::function copies
    task_.wait_for(patience);
    task_.post([this, order] { write(*order); });
}

void CheckpointWriter::look_after() {
    if (!is_writer()) {
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (const auto error = task_.take_error()) {
        warn_(fmt::format(
            "CHECKPOINT NOT WRITTEN: {}. The training continues and older checkpoints are kept; next attempt "
            "in {} s. Free some space meanwhile",
            what(error), pause_between_writings.count()));
        next_try_ = now + pause_between_writings;
    }
    if (next_try_ && now >= *next_try_) {
        next_try_.reset();
        start();
    }
}

void CheckpointWriter::finish() {
    group_.expect_progress(false);
    agree(group_.communicator(), [&] {
        for (int attempt = 1; is_writer(); ++attempt) {
            if (next_try_) {
                next_try_.reset();
                start();
            }
            task_.wait();
            const auto error = task_.take_error();
            if (error == nullptr) {
                return;
            }
            warn_("CHECKPOINT NOT WRITTEN: " + what(error));
            if (attempt == attempts_at_the_end) {
                std::rethrow_exception(error);
            }
            std::this_thread::sleep_for(pause_at_the_end);
            next_try_ = std::chrono::steady_clock::now();
        }
    });
    group_.expect_progress(true);
}

void CheckpointWriter::write(const CheckpointOrder& order) {
    const auto path = folder_ / io::checkpoint_name(order.step);
    try {
        fs::create_directories(folder_);
        write_file_(path, order.content);
        auto all = io::list_checkpoints(folder_);
        all.erase(all.upper_bound(order.step),
                  all.end());  // damaged ones that this training went back to before
        auto surplus = static_cast<std::int64_t>(all.size()) - std::max<std::int64_t>(order.keep, 1);
        for (auto it = all.begin(); surplus > 0; ++it, --surplus) {
            fs::remove(it->second);
        }
    } catch (const fs::filesystem_error& error) {
        throw io::DataError{path, error.code().message()};
    }
}

}  // namespace sslslr
