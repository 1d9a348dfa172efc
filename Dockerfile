# One image for web, worker and Prefect server: they always have the same version.
FROM python:3.11.15-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-vie poppler-utils fonts-liberation2 libgl1 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /var/lib/hoso --create-home hoso \
    && install --directory --owner=hoso --mode=0750 /srv/inbox /srv/audit /srv/backup /srv/roots

WORKDIR /opt/hoso
COPY requirements.lock .
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY pipeline pipeline
COPY flows flows
RUN pip install --no-cache-dir --no-build-isolation --no-deps .

# A volume that docker makes where the image has a folder belongs to that folder's user: here and in /srv. What is only
# passing lies in one of its own, which goes with the container.
USER 10001:10001
WORKDIR /var/lib/hoso
ENV HOSO_HOME=/var/lib/hoso TMPDIR=/var/tmp PREFECT_HOME=/var/lib/hoso/prefect OMP_THREAD_LIMIT=1
VOLUME /var/lib/hoso /var/tmp
CMD ["hoso", "--help"]
